import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { StatementPage, StatementQuery } from '../api.ts'
import { entryColumns, presentEntry } from '../journal/entry-row.ts'
import type { EntryRow } from '../post/draft.ts'
import { refuse } from '../refusals.ts'
import { readAccount } from './read-accounts.ts'

const limitMax = 500
const limitUnlessTold = 50

/**
 * A page of an account's postings with their entries. Pages by oldest first go on where they ended even while money
 * moves; by newest first they show what was there when the first page was read.
 */
export async function readStatement(
  db: Database,
  book: number,
  accountId: string,
  query: StatementQuery,
): Promise<StatementPage> {
  const { fromMs = 0, toMs = Number.MAX_SAFE_INTEGER, order = 'newest', limit = limitUnlessTold } = query
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > limitMax)
    throw refuse('ledger.request_malformed', `A page has from 1 to ${limitMax} lines.`)
  const newest = order === 'newest'
  const [atMs, position] = query.after === undefined ? startOf(newest) : readCursor(query.after)
  const beyond = newest ? sql`<` : sql`>`
  const direction = newest ? sql`desc` : sql`asc`
  // The account, before its postings: a page must not be empty only because the account is not there.
  await readAccount(db, book, accountId)
  const rows = await db.rows<EntryRow & { change: bigint; balance: bigint; postedAtMs: number }>(sql`
    select ${entryColumns}, posting.amount::numeric as change, posting.balance::numeric as balance
    from ledger.posting join ledger.entry on entry.book = posting.book and entry.position = posting.position
    where posting.book = ${book} and posting.account = ${accountId} and posting.at_ms between ${fromMs} and ${toMs}
      and (posting.at_ms, posting.position) ${beyond} (${atMs}::bigint, ${position}::bigint)
    order by posting.at_ms ${direction}, posting.position ${direction} limit ${limit + 1}`)
  const lines = rows
    .slice(0, limit)
    .map((row) => ({ amount: row.change, balance: row.balance, entry: presentEntry(row) }))
  const last = lines.at(-1)?.entry
  return rows.length > limit && last ? { lines, next: `${last.atMs}.${last.position}` } : { lines }
}

function startOf(newest: boolean): [number, number] {
  return newest ? [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER] : [-1, -1]
}

function readCursor(cursor: string): [number, number] {
  const match = /^(\d{1,15})\.(\d{1,15})$/.exec(cursor)
  if (!match) throw refuse('ledger.request_malformed', 'This is not where a page has ended.')
  return [Number(match[1]), Number(match[2])]
}
