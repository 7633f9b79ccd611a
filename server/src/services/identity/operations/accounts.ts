import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import { checkUserId } from '../names.ts'
import { refuse } from '../refusals.ts'

/** What administrators are shown of an account. */
export type Account = {
  userId: string
  kind: 'user' | 'guest'
  administrator: boolean
  createdAtMs: number
  lockedAtMs: number | null
  suspendedAtMs: number | null
  deactivatedAtMs: number | null
}

const columns = sql`user_id as "userId", kind, administrator, created_at_ms as "createdAtMs", locked_at_ms as "lockedAtMs",
  suspended_at_ms as "suspendedAtMs", deactivated_at_ms as "deactivatedAtMs"`

/** Whether the person administers this server; deactivated people do not. */
export async function isAdministrator(db: Database, userId: string): Promise<boolean> {
  const rows = await db.rows(sql`
    select 1 from identity.account where user_id = ${userId} and administrator and deactivated_at_ms is null`)
  return rows.length > 0
}

/** Makes an account one that administers this server, or takes that from it; false when there is no such account. */
export async function setAdministrator(
  db: Database,
  userId: string,
  administrator: boolean,
): Promise<boolean> {
  const changed = await db.run(sql`
    update identity.account set administrator = ${administrator}
    where user_id = ${userId} and kind = 'user' and deactivated_at_ms is null`)
  return changed > 0
}

/** The account of a person of this server, deactivated or not. Refuses what is no user id of this server. */
export async function accountOf(
  { db, serverName }: { db: Database; serverName: string },
  userId: string,
): Promise<Account> {
  checkUserId(userId)
  if (!userId.endsWith(`:${serverName}`)) throw refuse('identity.user_elsewhere')
  const [account] = await db.rows<Account>(
    sql`select ${columns} from identity.account where user_id = ${userId}`,
  )
  if (!account) throw refuse('identity.account_unknown')
  return account
}

/** Accounts by user id, from beyond `after` on, of those whose id holds `search`. */
export function listAccounts(
  db: Database,
  { search, after, limit }: { search: string; after: string; limit: number },
): Promise<Account[]> {
  return db.rows<Account>(sql`
    select ${columns} from identity.account
    where user_id collate "C" > ${after} and strpos(user_id, ${search}) > 0
    order by user_id collate "C" limit ${limit}`)
}
