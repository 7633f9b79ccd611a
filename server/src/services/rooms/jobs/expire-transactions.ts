import type { Clock } from '../../../platform/clock.ts'
import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'

const rowsPerStatement = 5000

/** Forgets transaction ids whose requests nobody repeats any more. */
export async function expireTransactions(deps: { db: Database; clock: Clock }): Promise<void> {
  let deleted: number
  do {
    deleted = await deps.db.run(sql`
      delete from rooms.transaction_id where (room_id, session_id, scope, txn_id) in (
        select room_id, session_id, scope, txn_id from rooms.transaction_id
        where expires_at_ms <= ${deps.clock.now()} order by expires_at_ms limit ${rowsPerStatement}
      )`)
  } while (deleted === rowsPerStatement)
}
