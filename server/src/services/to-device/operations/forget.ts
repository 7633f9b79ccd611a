import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'

/** What waited for devices that were deleted. Safe to run again. */
export async function forgetDevices(
  deps: { db: Database },
  userId: string,
  deviceIds: readonly string[],
): Promise<void> {
  await deps.db.run(
    sql`delete from to_device.message where user_id = ${userId} and device_id = any(${deviceIds}::text[])`,
  )
}

/** Everything kept for an account that was deactivated. Safe to run again. */
export async function forgetUser(deps: { db: Database }, userId: string): Promise<void> {
  await deps.db.run(sql`delete from to_device.message where user_id = ${userId}`)
  await deps.db.run(sql`delete from to_device.transaction where user_id = ${userId}`)
}

/** Transactions so old that nobody repeats them any more. */
export async function forgetTransactions(deps: { db: Database }, beforeMs: number): Promise<void> {
  await deps.db.run(sql`delete from to_device.transaction where sent_at_ms < ${beforeMs}`)
}
