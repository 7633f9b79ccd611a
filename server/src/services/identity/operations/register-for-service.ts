import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import { Refusal } from '../../../platform/refusal.ts'
import type { UserClaims } from '../api.ts'
import { checkDeviceId, wellFormedUserId } from '../names.ts'
import { refuse, tokenUnknown } from '../refusals.ts'
import { requireFree } from './check-username.ts'
import { type OpenSessionDeps, openSession, type SessionRequest } from './open-session.ts'
import { createAccount, type Registered } from './register.ts'

type Deps = OpenSessionDeps & { db: Database; claims: UserClaims; serverName: string }

export type ServiceRegistration = {
  /** Of the application service. */
  token: string
  username: string | undefined
  session: SessionRequest | undefined
}

/**
 * Makes an account for an application service: without a password, and under a name that is the service's to give. A service
 * that saw no answer is told `identity.username_taken` when it repeats the request, and may act as that person.
 * https://spec.matrix.org/v1.19/application-service-api/#server-admin-style-permissions
 */
export async function registerForService(
  deps: Deps,
  { token, username, session }: ServiceRegistration,
): Promise<Registered> {
  const service = deps.claims.holderOf(token)
  if (!service) throw tokenUnknown()
  if (username === undefined) throw refuse('identity.parameter_missing', 'username')
  if (session?.deviceId !== undefined) checkDeviceId(session.deviceId)
  const userId = wellFormedUserId(username, deps.serverName)
  if (!service.mayBe(userId)) throw refuse('identity.username_outside')
  if (deps.claims.isTaken(userId, service.id)) throw refuse('identity.username_reserved')
  await requireFree(deps.db, userId)
  const opened = await deps.db.transaction(async (tx) => {
    await createAccount(deps, tx, userId, null)
    return session && openSession(deps, tx, userId, session)
  })
  return { userId, session: opened }
}

/** Makes an account without a password unless it is there. Gives whether somebody could log in to it. */
export async function ensureAccount(deps: Deps, userId: string): Promise<{ hasPassword: boolean }> {
  const read = async () => {
    const [account] = await deps.db.rows<{ hasPassword: boolean }>(sql`
      select password_hash is not null as "hasPassword" from identity.account where user_id = ${userId}`)
    return account
  }
  const known = await read()
  if (known) return known
  await deps.db
    .transaction((tx) => createAccount(deps, tx, userId, null))
    .catch((error: unknown) => {
      // Another node was quicker.
      if (!(error instanceof Refusal && error.code === 'identity.username_taken')) throw error
    })
  return (await read()) ?? { hasPassword: false }
}
