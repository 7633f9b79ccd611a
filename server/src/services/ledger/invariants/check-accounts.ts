import { rowsByIndex } from '../../../platform/db/by-index.ts'
import type { Database } from '../../../platform/db/database.ts'
import { type Sql, sql } from '../../../platform/db/sql.ts'
import { entriesOf } from '../journal/entry-row.ts'
import { findingsMax } from './check-batches.ts'

/** Whether what stands on these accounts is what their postings and open holds say, and above their floors. */
export async function checkAccounts(db: Database, book: number, ids: readonly string[]): Promise<string[]> {
  // One statement sees one moment, in which a batch is there with everything or with nothing.
  const wrong = await rowsByIndex<{
    id: string
    balance: bigint
    held: bigint
    last: bigint
    open: bigint
    floor: bigint | null
  }>(
    db,
    sql`
    select account.id, account.balance::numeric as balance, account.held::numeric as held, coalesce(newest.balance, 0)::numeric as last,
      coalesce(holds.open, 0)::numeric as open, account.floor::numeric as floor
    from ledger.account
    left join lateral (
      select balance from ledger.posting where posting.book = account.book and posting.account = account.id
      order by at_ms desc, position desc limit 1
    ) as newest on true
    left join lateral (
      select sum(amount - captured - released) as open from ledger.hold
      where hold.book = account.book and hold.payer = account.id and captured + released < amount
    ) as holds on true
    where account.book = ${book} and account.id = any(${ids})
      and (account.balance <> coalesce(newest.balance, 0) or account.held <> coalesce(holds.open, 0)
        or account.balance - account.held < account.floor)
    order by account.id limit ${findingsMax}`,
  )
  return wrong.map(
    ({ id, balance, held, last, open, floor }) =>
      `account ${id} has ${balance}, its last posting says ${last}; ${held} are held, its open holds say ${open}; its floor is ${floor ?? 'none'}`,
  )
}

/** Whether every account's balance is the sum of all its postings: reads them all. */
export async function checkSums(db: Database, book: number, ids: readonly string[]): Promise<string[]> {
  const wrong = await rowsByIndex<{ id: string; balance: bigint; sum: bigint }>(
    db,
    sql`
    select account.id, account.balance::numeric as balance, coalesce(total.sum, 0) as sum
    from ledger.account
    left join lateral (
      select sum(amount) as sum from ledger.posting where posting.book = account.book and posting.account = account.id
    ) as total on true
    where account.book = ${book} and account.id = any(${ids}) and account.balance <> coalesce(total.sum, 0)
    order by account.id limit ${findingsMax}`,
  )
  return wrong.map(({ id, balance, sum }) => `account ${id} has ${balance}, its postings add up to ${sum}`)
}

/** Whether all money of each currency adds up to nothing: every transfer takes as much as it gives. */
export async function checkCurrencies(db: Database, book: number): Promise<string[]> {
  const wrong = await rowsByIndex<{ currency: string; sum: bigint }>(
    db,
    sql`
    select currency, sum(balance) as sum from ledger.account where book = ${book} group by currency having sum(balance) <> 0`,
  )
  return wrong.map(({ currency, sum }) => `all balances in ${currency} add up to ${sum}`)
}

/** Whether the holds that these batches have touched are what their entries say. */
export function checkHoldsOf(db: Database, book: number, batches: readonly number[]): Promise<string[]> {
  return compareHolds(
    db,
    sql`select distinct book, scope, hold as id from ${entriesOf(book, batches)} where hold is not null`,
  )
}

/** Whether these holds are what their entries say. */
export function checkHolds(
  db: Database,
  book: number,
  holds: readonly { scope: string; id: string }[],
): Promise<string[]> {
  return compareHolds(
    db,
    sql`select ${book}::smallint as book, scope, id
      from unnest(${holds.map(({ scope }) => scope)}::text[], ${holds.map(({ id }) => id)}::text[]) as listed (scope, id)`,
  )
}

/** hold = captured + released + open, each as its entries say. */
async function compareHolds(db: Database, wanted: Sql): Promise<string[]> {
  const wrong = await rowsByIndex<{ scope: string; id: string }>(
    db,
    sql`
    select wanted.scope, wanted.id
    from (${wanted}) as wanted
    left join ledger.hold using (book, scope, id)
    cross join lateral (
      select coalesce(sum(entry.amount) filter (where entry.kind = 'hold'), 0) as placed,
        coalesce(sum(entry.amount) filter (where entry.kind = 'capture'), 0) as captured,
        coalesce(sum(entry.amount) filter (where entry.kind = 'release'), 0) as released
      from ledger.entry where entry.book = wanted.book and entry.scope = wanted.scope and entry.hold = wanted.id
    ) as entries
    where hold.amount is distinct from entries.placed or hold.captured is distinct from entries.captured
      or hold.released is distinct from entries.released
    order by 1, 2 limit ${findingsMax}`,
  )
  return wrong.map(({ scope, id }) => `hold ${scope}/${id} is not what its entries say`)
}
