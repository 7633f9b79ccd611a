import type { Tx } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import { digestOf, totalsOf } from '../journal/entry-row.ts'
import type { AccountState, BatchDraft, EntryRow, HoldState, PostingRow } from './draft.ts'
import { overtaken } from './load-batch.ts'

/**
 * Writes what a batch has changed, in a number of statements that does not depend on how much it is. What another node may
 * be inserting under the same key is inserted in the order of the keys, so that the nodes cannot wait for each other.
 */
export async function writeBatch(tx: Tx, book: number, number: number, batch: BatchDraft): Promise<void> {
  const accounts = [...batch.changedAccounts].flatMap((id) => batch.accounts.get(id) ?? [])
  const holds = [...batch.changedHolds].flatMap((key) => batch.holds.get(key) ?? [])
  const opened = accounts.filter(({ isNew }) => isNew).sort((a, b) => compare(a.id, b.id))
  const changed = accounts.filter(({ isNew }) => !isNew)
  const placed = holds
    .filter(({ isNew }) => isNew)
    .sort((a, b) => compare(a.scope, b.scope) || compare(a.id, b.id))
  const drawn = holds.filter(({ isNew }) => !isNew)
  const entries = batch.entries.toSorted((a, b) => compare(a.scope, b.scope) || compare(a.id, b.id))
  const [wereOpened, werePlaced, wereEntered] = await Promise.all([
    opened.length === 0 ? 0 : insertAccounts(tx, book, opened),
    placed.length === 0 ? 0 : insertHolds(tx, book, placed),
    insertEntries(tx, book, entries),
    batch.postings.length === 0 ? 0 : insertPostings(tx, book, batch.postings),
    changed.length === 0 ? 0 : updateAccounts(tx, book, changed),
    drawn.length === 0 ? 0 : updateHolds(tx, book, drawn),
    insertBatch(tx, book, number, batch.entries),
  ])
  if (wereOpened < opened.length || werePlaced < placed.length || wereEntered < entries.length)
    throw overtaken('another node was first with an id')
}

/** As PostgreSQL sorts: by code point, for which UTF-16 units serve, since this only has to be the same at every node. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function insertAccounts(tx: Tx, book: number, accounts: readonly AccountState[]): Promise<number> {
  return tx.run(sql`
    insert into ledger.account (book, id, kind, currency, owner, balance, held, floor, frozen, closed, opened_at_ms, moved_at_ms)
    select ${book}::smallint, * from unnest(
      ${accounts.map(({ id }) => id)}::text[], ${accounts.map(({ kind }) => kind)}::text[],
      ${accounts.map(({ currency }) => currency)}::text[], ${accounts.map(({ owner }) => owner)}::text[],
      ${accounts.map(({ balance }) => balance)}::bigint[], ${accounts.map(({ held }) => held)}::bigint[],
      ${accounts.map(({ floor }) => floor)}::bigint[], ${accounts.map(({ frozen }) => frozen)}::text[],
      ${accounts.map(({ closed }) => closed)}::boolean[], ${accounts.map(({ openedAtMs }) => openedAtMs)}::bigint[],
      ${accounts.map(({ movedAtMs }) => movedAtMs)}::bigint[])
    on conflict do nothing`)
}

function updateAccounts(tx: Tx, book: number, accounts: readonly AccountState[]): Promise<number> {
  return tx.run(sql`
    update ledger.account set balance = new.balance, held = new.held, floor = new.floor, frozen = new.frozen,
      closed = new.closed, moved_at_ms = new.moved_at_ms
    from unnest(
      ${accounts.map(({ id }) => id)}::text[], ${accounts.map(({ balance }) => balance)}::bigint[],
      ${accounts.map(({ held }) => held)}::bigint[], ${accounts.map(({ floor }) => floor)}::bigint[],
      ${accounts.map(({ frozen }) => frozen)}::text[], ${accounts.map(({ closed }) => closed)}::boolean[],
      ${accounts.map(({ movedAtMs }) => movedAtMs)}::bigint[]
    ) as new (id, balance, held, floor, frozen, closed, moved_at_ms)
    cross join lateral (
      select ctid from ledger.account as found where found.book = ${book} and found.id = new.id offset 0
    ) as row
    where account.ctid = row.ctid`)
}

function insertHolds(tx: Tx, book: number, holds: readonly HoldState[]): Promise<number> {
  return tx.run(sql`
    insert into ledger.hold (book, scope, id, payer, payee, currency, amount, captured, released, placed_at_ms, expires_at_ms)
    select ${book}::smallint, * from unnest(
      ${holds.map(({ scope }) => scope)}::text[], ${holds.map(({ id }) => id)}::text[],
      ${holds.map(({ payer }) => payer)}::text[], ${holds.map(({ payee }) => payee)}::text[],
      ${holds.map(({ currency }) => currency)}::text[], ${holds.map(({ amount }) => amount)}::bigint[],
      ${holds.map(({ captured }) => captured)}::bigint[], ${holds.map(({ released }) => released)}::bigint[],
      ${holds.map(({ placedAtMs }) => placedAtMs)}::bigint[], ${holds.map(({ expiresAtMs }) => expiresAtMs)}::bigint[])
    on conflict do nothing`)
}

function updateHolds(tx: Tx, book: number, holds: readonly HoldState[]): Promise<number> {
  return tx.run(sql`
    update ledger.hold set captured = new.captured, released = new.released
    from unnest(
      ${holds.map(({ scope }) => scope)}::text[], ${holds.map(({ id }) => id)}::text[],
      ${holds.map(({ captured }) => captured)}::bigint[], ${holds.map(({ released }) => released)}::bigint[]
    ) as new (scope, id, captured, released)
    cross join lateral (
      select ctid from ledger.hold as found
      where found.book = ${book} and found.scope = new.scope and found.id = new.id offset 0
    ) as row
    where hold.ctid = row.ctid`)
}

function insertEntries(tx: Tx, book: number, entries: readonly EntryRow[]): Promise<number> {
  return tx.run(sql`
    insert into ledger.entry (book, position, scope, id, step, steps, kind, account, payer, payee, currency, amount, hold,
      detail, reference, metadata, request_digest, at_ms)
    select ${book}::smallint, * from unnest(
      ${entries.map(({ position }) => position)}::bigint[], ${entries.map(({ scope }) => scope)}::text[],
      ${entries.map(({ id }) => id)}::text[], ${entries.map(({ step }) => step)}::smallint[],
      ${entries.map(({ steps }) => steps)}::smallint[], ${entries.map(({ kind }) => kind)}::text[],
      ${entries.map(({ account }) => account)}::text[], ${entries.map(({ payer }) => payer)}::text[],
      ${entries.map(({ payee }) => payee)}::text[], ${entries.map(({ currency }) => currency)}::text[],
      ${entries.map(({ amount }) => amount)}::bigint[], ${entries.map(({ hold }) => hold)}::text[],
      ${entries.map(({ detail }) => detail)}::text[], ${entries.map(({ reference }) => reference)}::text[],
      ${entries.map(({ metadata }) => metadata)}::text[], ${entries.map(({ requestDigest }) => requestDigest)}::text[],
      ${entries.map(({ atMs }) => atMs)}::bigint[])
    on conflict on constraint entry_request do nothing`)
}

function insertPostings(tx: Tx, book: number, postings: readonly PostingRow[]): Promise<number> {
  return tx.run(sql`
    insert into ledger.posting (book, account, at_ms, position, amount, balance)
    select ${book}::smallint, * from unnest(
      ${postings.map(({ account }) => account)}::text[], ${postings.map(({ atMs }) => atMs)}::bigint[],
      ${postings.map(({ position }) => position)}::bigint[], ${postings.map(({ amount }) => amount)}::bigint[],
      ${postings.map(({ balance }) => balance)}::bigint[])`)
}

/** The digest that the chain will hold, and the batch's place in the queue for it. */
function insertBatch(tx: Tx, book: number, number: number, entries: readonly EntryRow[]): Promise<number> {
  return tx.run(sql`
    with batch as (
      insert into ledger.batch (book, number, entries, digest, totals)
      values (${book}, ${number}, ${entries.length}, ${digestOf(entries)}, ${JSON.stringify(totalsOf(entries))})
      returning book, number
    )
    insert into ledger.unsealed_batch (book, number) select book, number from batch`)
}
