import { sql } from '../../../platform/db/sql.ts'
import type { IdentityJobs } from '../api.ts'
import { endSessions } from './end-sessions.ts'
import type { LogOutDeps } from './log-out.ts'

/**
 * Ends an account for good: no password, no session, no profile. Its user id is never given out again. Other services
 * leave the rooms and, with `erase`, drop what they keep, when they get the job.
 * https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3accountdeactivate
 */
export async function deactivateAccount(deps: LogOutDeps, userId: string, erase: boolean): Promise<void> {
  const endedAt = await deps.db.transaction(async (tx) => {
    const changed = await tx.run(sql`
      update identity.account
      set deactivated_at_ms = coalesce(deactivated_at_ms, ${deps.clock.now()}), password_hash = null,
        erase = erase or ${erase}
      where user_id = ${userId}`)
    if (changed === 0) return undefined
    await tx.run(sql`delete from identity.profile where user_id = ${userId}`)
    await tx.run(sql`delete from identity.login_token where user_id = ${userId}`)
    await tx.run(sql`delete from identity.email_address where user_id = ${userId}`)
    await tx.run(sql`delete from identity.openid_token where user_id = ${userId}`)
    const payload: IdentityJobs['identity.account_deactivated'] = { userId, erase }
    await deps.jobs.enqueue(tx, 'identity.account_deactivated', { id: userId, payload })
    return endSessions(deps, tx, userId, 'all')
  })
  if (endedAt !== undefined) deps.authentication.ended(userId, endedAt)
  deps.jobs.wake()
}
