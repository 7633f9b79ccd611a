import { lookUpByIndex } from '../../../platform/db/by-index.ts'
import type { Tx } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import { entryColumns } from '../journal/entry-row.ts'
import type { CheckedRequest } from './check-request.ts'
import { type AccountState, type EntryRow, type HoldState, holdKey } from './draft.ts'

/** What a batch must know, read behind the locks of all accounts that its requests name. */
export type Loaded = {
  number: number
  stopped: boolean
  accounts: Map<string, AccountState>
  holds: Map<string, HoldState>
  /** Entries of requests that were carried out before, by request. */
  earlier: Map<string, EntryRow[]>
}

export function requestKey({ scope, id }: { scope: string; id: string }): string {
  return `${scope}\n${id}`
}

/**
 * Locks the accounts in the order of their ids, whatever order the requests name them in, so that no two nodes wait for
 * each other. The statements travel together; those after the locks see what others committed before they let go of the
 * locks. The batch's number is taken under the locks: for each account numbers rise in the order of the commits.
 */
export async function loadBatch(tx: Tx, book: number, requests: readonly CheckedRequest[]): Promise<Loaded> {
  const accountIds = new Set<string>()
  const holdRefs = new Map<string, { scope: string; id: string }>()
  for (const { scope, steps } of requests) {
    for (const step of steps) {
      if ('account' in step) accountIds.add(step.account)
      if ('payer' in step) accountIds.add(step.payer).add(step.payee)
      if ('hold' in step) holdRefs.set(holdKey(scope, step.hold), { scope, id: step.hold })
    }
  }
  const [, accounts, holds, earlier, [taken], openFindings] = await Promise.all([
    lookUpByIndex(tx),
    lockAccounts(tx, book, [...accountIds], [...holdRefs.values()]),
    holdRefs.size === 0 ? [] : readHolds(tx, book, [...holdRefs.values()]),
    readEarlier(tx, book, requests),
    tx.rows<{ number: number }>(sql`select nextval('ledger.batch_number') as number`),
    tx.rows(sql`select 1 from ledger.finding where book = ${book} and state = 'open' limit 1`),
  ])
  const locked = new Map(accounts.map((account) => [account.id, { ...account, isNew: false }]))
  // A hold that another node placed between the two statements: its accounts are not locked, so look again.
  if (holds.some(({ payer, payee }) => !locked.has(payer) || !locked.has(payee)))
    throw overtaken('a hold was placed meanwhile')
  return {
    number: taken?.number ?? 0,
    stopped: openFindings.length > 0,
    accounts: locked,
    holds: new Map(holds.map((hold) => [holdKey(hold.scope, hold.id), { ...hold, isNew: false }])),
    earlier: Map.groupBy(earlier, requestKey),
  }
}

/** Makes the database run the batch's transaction again: another node was first, and now its rows can be seen. */
export function overtaken(reason: string): Error {
  return Object.assign(new Error(reason), { code: '40001' })
}

type Ref = { scope: string; id: string }

function lockAccounts(tx: Tx, book: number, ids: string[], holds: readonly Ref[]) {
  const named =
    holds.length === 0
      ? sql`${ids}::text[]`
      : sql`${ids}::text[] || array(
          select unnest(array[hold.payer, hold.payee])
          from unnest(${holds.map(({ scope }) => scope)}::text[], ${holds.map(({ id }) => id)}::text[]) as wanted (scope, id)
          cross join lateral (${holdOf(book)}) as hold)`
  // One look-up for each id, in the order of the ids, so that this is also the order in which the rows are locked.
  return tx.rows<Omit<AccountState, 'isNew'>>(sql`
    select locked.* from (select distinct id from unnest(${named}) as id order by id) as wanted
    cross join lateral (
      select id, kind, currency, owner, balance::numeric as balance, held::numeric as held, floor::numeric as floor, frozen,
        closed, opened_at_ms as "openedAtMs", moved_at_ms as "movedAtMs"
      from ledger.account where account.book = ${book} and account.id = wanted.id for no key update
    ) as locked`)
}

function readHolds(tx: Tx, book: number, holds: readonly Ref[]) {
  return tx.rows<Omit<HoldState, 'isNew'>>(sql`
    select hold.scope, hold.id, payer, payee, currency, amount::numeric as amount, captured::numeric as captured,
      released::numeric as released, placed_at_ms as "placedAtMs", expires_at_ms as "expiresAtMs"
    from unnest(${holds.map(({ scope }) => scope)}::text[], ${holds.map(({ id }) => id)}::text[]) as wanted (scope, id)
    cross join lateral (${holdOf(book)}) as hold`)
}

function holdOf(book: number) {
  return sql`
    select * from ledger.hold
    where hold.book = ${book} and hold.scope = wanted.scope and hold.id = wanted.id offset 0`
}

function readEarlier(tx: Tx, book: number, requests: readonly CheckedRequest[]) {
  // A request may stand in a batch many times, and must not be found as often.
  const wanted = [...new Map(requests.map((request) => [requestKey(request), request])).values()]
  return tx.rows<EntryRow>(sql`
    select ${entryColumns}
    from unnest(${wanted.map(({ scope }) => scope)}::text[], ${wanted.map(({ id }) => id)}::text[]) as wanted (scope, id)
    cross join lateral (
      select * from ledger.entry where entry.book = ${book} and entry.scope = wanted.scope and entry.id = wanted.id offset 0
    ) as entry
    order by entry.position`)
}
