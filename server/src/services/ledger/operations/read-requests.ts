import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { Entry, Posted } from '../api.ts'
import { entryColumns, presentEntry } from '../journal/entry-row.ts'
import type { EntryRow } from '../post/draft.ts'

const foundMax = 100

/** What a request was answered; undefined if it was not carried out. */
export async function readRequest(
  db: Database,
  book: number,
  scope: string,
  id: string,
): Promise<Posted | undefined> {
  const rows = await db.rows<EntryRow>(sql`
    select ${entryColumns} from ledger.entry
    where entry.book = ${book} and entry.scope = ${scope} and entry.id = ${id} order by entry.step`)
  return rows.length === 0 ? undefined : { scope, id, entries: rows.map(presentEntry) }
}

export async function readByReference(
  db: Database,
  book: number,
  scope: string,
  reference: string,
): Promise<Entry[]> {
  const rows = await db.rows<EntryRow>(sql`
    select ${entryColumns} from ledger.entry
    where entry.book = ${book} and entry.scope = ${scope} and entry.reference = ${reference}
    order by entry.position limit ${foundMax}`)
  return rows.map(presentEntry)
}
