import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import { isJsonObject, type JsonObject, ownValue } from '../../../platform/json.ts'
import type { Position } from '../../../platform/stream/stream.ts'
import type { AccountDataEntry } from '../api.ts'
import type { EntryKey } from './write-entries.ts'

/** The content of one entry, straight from the database; undefined when there is none. */
export async function readEntry(deps: { db: Database }, key: EntryKey): Promise<JsonObject | undefined> {
  const [row] = await deps.db.rows<{ content: JsonObject }>(sql`
    select content from account_data.entry
    where user_id = ${key.userId} and room_id = ${key.roomId ?? ''} and type = ${key.type}`)
  return row?.content
}

/** A person's entries written last in `(after, upTo]`, in the order in which they were written. */
export async function readChanges(
  deps: { db: Database },
  userId: string,
  after: Position,
  upTo: Position,
): Promise<AccountDataEntry[]> {
  const rows = await deps.db.rows<Omit<AccountDataEntry, 'roomId'> & { roomId: string }>(sql`
    select room_id as "roomId", type, content, position from account_data.entry
    where user_id = ${userId} and position > ${after} and position <= ${upTo} order by position`)
  return rows.map((row) => ({ ...row, roomId: row.roomId === '' ? undefined : row.roomId }))
}

/** https://spec.matrix.org/v1.19/client-server-api/#mignored_user_list */
export const ignoredUsersType = 'm.ignored_user_list'

/** Whom the person ignores, never themselves. The content is whatever a client put there: anything malformed ignores nobody. */
export async function readIgnoredUsers(deps: { db: Database }, userId: string): Promise<ReadonlySet<string>> {
  const content = await readEntry(deps, { userId, roomId: undefined, type: ignoredUsersType })
  const ignored = content && ownValue(content, 'ignored_users')
  const named = isJsonObject(ignored) ? Object.keys(ignored) : []
  return new Set(named.filter((other) => other !== userId))
}
