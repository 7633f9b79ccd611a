import { sql } from '../../../platform/db/sql.ts'
import { refuse } from '../refusals.ts'
import { type Account, accountOf } from './accounts.ts'
import { announceSessionEnd } from './end-sessions.ts'
import type { LogOutDeps } from './log-out.ts'

/** https://spec.matrix.org/v1.19/client-server-api/#account-moderation */
export type Restriction = 'locked' | 'suspended'

type Deps = LogOutDeps & { serverName: string }

/** Whether an account is locked or suspended. Refuses to look at other administrators. */
export async function isRestricted(
  deps: Deps,
  administratorId: string,
  { userId, restriction }: { userId: string; restriction: Restriction },
): Promise<boolean> {
  const account = await activeAccount(deps, userId)
  if (account.administrator && userId !== administratorId) throw refuse('identity.administrator_protected')
  return (restriction === 'locked' ? account.lockedAtMs : account.suspendedAtMs) !== null
}

/**
 * Locks or suspends an account, or ends that. When it returns, this node acts accordingly; the others follow within
 * milliseconds. Sessions stay. Administrators are safe from each other and from themselves.
 */
export async function restrictAccount(
  deps: Deps,
  { userId, restriction, on }: { userId: string; restriction: Restriction; on: boolean },
): Promise<void> {
  const { administrator } = await activeAccount(deps, userId)
  if (administrator) throw refuse('identity.administrator_protected')
  const column = restriction === 'locked' ? sql`locked_at_ms` : sql`suspended_at_ms`
  const since = on ? sql`coalesce(${column}, ${deps.clock.now()}::bigint)` : sql`null`
  const position = await deps.db.transaction(async (tx) => {
    await tx.run(sql`
      update identity.account set ${column} = ${since} where user_id = ${userId} and not administrator`)
    return announceSessionEnd(deps, tx, userId)
  })
  deps.authentication.ended(userId, position)
}

async function activeAccount(deps: Deps, userId: string): Promise<Account> {
  const account = await accountOf(deps, userId)
  if (account.deactivatedAtMs !== null) throw refuse('identity.account_unknown')
  return account
}
