import type { Database } from '../../../platform/db/database.ts'
import { type Sql, sql } from '../../../platform/db/sql.ts'
import type { Account } from '../api.ts'
import { refuse } from '../refusals.ts'

const pageMax = 100

/** The account as it stands. Throws `ledger.account_unknown`. */
export async function readAccount(db: Database, book: number, id: string): Promise<Account> {
  const [account] = await select(db, sql`book = ${book} and id = ${id}`)
  if (!account) throw refuse('ledger.account_unknown')
  return account
}

/** Accounts of an owner in the order of their ids, from behind `after` on. */
export function readAccountsOf(db: Database, book: number, owner: string, after = ''): Promise<Account[]> {
  return select(
    db,
    sql`book = ${book} and owner = ${owner} and owner <> '' and id > ${after} order by id limit ${pageMax}`,
  )
}

/** All accounts in the order of their ids, a page at a time. */
export function readAllAccounts(
  db: Database,
  book: number,
  after: string,
  limit: number,
): Promise<Account[]> {
  return select(db, sql`book = ${book} and id > ${after} order by id limit ${limit}`)
}

/** The balance after the last entry at or before this time; 0 before the first. Throws `ledger.account_unknown`. */
export async function readBalanceAt(db: Database, book: number, id: string, atMs: number): Promise<bigint> {
  const [row] = await db.rows<{ balance: bigint | null }>(sql`
    select (
      select balance::numeric from ledger.posting
      where posting.book = account.book and posting.account = account.id and posting.at_ms <= ${atMs}
      order by at_ms desc, position desc limit 1
    ) as balance
    from ledger.account where book = ${book} and id = ${id}`)
  if (!row) throw refuse('ledger.account_unknown')
  return row.balance ?? 0n
}

function select(db: Database, condition: Sql): Promise<Account[]> {
  return db.rows<Account>(sql`
    select id, kind, currency, owner, balance::numeric as balance, held::numeric as held, floor::numeric as floor, frozen,
      closed, opened_at_ms as "openedAtMs"
    from ledger.account where ${condition}`)
}
