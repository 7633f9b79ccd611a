import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { UserClaims } from '../api.ts'
import type { IdentitySettings } from '../config.ts'
import { chosenUserId } from '../names.ts'
import { refuse } from '../refusals.ts'

/** Refuses a username that could not be registered now; keeps it for nobody. */
export async function checkUsername(
  deps: { db: Database; serverName: string; settings: IdentitySettings; claims: UserClaims },
  username: string,
): Promise<void> {
  if (deps.settings.registration === 'closed') throw refuse('identity.registration_closed')
  const userId = chosenUserId(username, deps.serverName)
  if (deps.claims.isTaken(userId)) throw refuse('identity.username_reserved')
  await requireFree(deps.db, userId)
}

/** Refuses the user id of an account, active or not: ids are never given out twice. */
export async function requireFree(db: Database, userId: string): Promise<void> {
  const [taken] = await db.rows(sql`select 1 from identity.account where user_id = ${userId}`)
  if (taken) throw refuse('identity.username_taken')
}

/** True for registered people and guests, false once they are deactivated. */
export async function accountExists(deps: { db: Database }, userId: string): Promise<boolean> {
  const [active] = await deps.db.rows(sql`
    select 1 from identity.account where user_id = ${userId} and deactivated_at_ms is null`)
  return active !== undefined
}

/** Those of the people who are guests and have not become registered people. */
export async function guestsAmong(
  deps: { db: Database },
  userIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await deps.db.rows<{ userId: string }>(sql`
    select user_id as "userId" from identity.account where user_id = any(${userIds}) and kind = 'guest'`)
  return new Set(rows.map(({ userId }) => userId))
}
