import type { Database } from '../db/database.ts'
import { sql } from '../db/sql.ts'
import type { JsonValue } from '../json.ts'

/** Payloads of the jobs that wait in a queue, in the order of their ids. */
export async function waitingJobs(db: Database, queue: string): Promise<JsonValue[]> {
  const rows = await db.rows<{ payload: JsonValue }>(
    sql`select payload from platform.job where queue = ${queue} order by id`,
  )
  return rows.map(({ payload }) => payload)
}
