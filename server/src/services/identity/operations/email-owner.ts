import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'

/** The account that has an address. */
export async function emailOwner(db: Database, address: string): Promise<string | undefined> {
  const [row] = await db.rows<{ userId: string }>(
    sql`select user_id as "userId" from identity.email_address where address = ${address}`,
  )
  return row?.userId
}
