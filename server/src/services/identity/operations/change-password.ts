import { sql } from '../../../platform/db/sql.ts'
import type { Passwords } from '../passwords.ts'
import { refuse } from '../refusals.ts'
import { endSessions } from './end-sessions.ts'
import type { LogOutDeps } from './log-out.ts'

/**
 * Gives a person another password. With `endOthers`, every session but that of `keepDeviceId` ends and its device is
 * deleted.
 * https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3accountpassword
 */
export async function changePassword(
  deps: LogOutDeps & { passwords: Passwords },
  userId: string,
  change: { newPassword: string; endOthers: boolean; keepDeviceId: string | undefined },
): Promise<void> {
  deps.passwords.check(change.newPassword)
  const passwordHash = await deps.passwords.hash(change.newPassword)
  const endedAt = await deps.db.transaction(async (tx) => {
    const changed = await tx.run(sql`
      update identity.account set password_hash = ${passwordHash}
      where user_id = ${userId} and kind = 'user' and deactivated_at_ms is null`)
    if (changed === 0) throw refuse('identity.login_failed')
    await tx.run(sql`delete from identity.login_token where user_id = ${userId}`)
    return change.endOthers ? endSessions(deps, tx, userId, { except: change.keepDeviceId }) : undefined
  })
  if (endedAt === undefined) return
  deps.authentication.ended(userId, endedAt)
  deps.jobs.wake()
}
