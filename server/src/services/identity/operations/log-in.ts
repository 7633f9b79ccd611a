import type { Database, Tx } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { UserClaims } from '../api.ts'
import { checkDeviceId } from '../names.ts'
import { accountLocked, refuse, tokenUnknown } from '../refusals.ts'
import { readToken } from '../tokens.ts'
import type { Authentication } from './authenticate.ts'
import {
  type CheckPasswordDeps,
  checkPassword,
  identifiedUser,
  type UserIdentifier,
} from './check-password.ts'
import {
  newDeviceId,
  type OpenedSession,
  type OpenSessionDeps,
  openSession,
  type SessionRequest,
} from './open-session.ts'

export type LogInDeps = OpenSessionDeps &
  CheckPasswordDeps & { db: Database; authentication: Authentication; claims: UserClaims }

export type LogInRequest =
  | { identifier: UserIdentifier; password: string }
  | { token: string }
  /** By the token of an application service. */
  | { identifier: UserIdentifier; service: string }

/**
 * Opens a session for whoever knows the password, or holds a login token, which is used up by it. The refusal is the
 * same, and takes as long, whether the account is unknown, deactivated or has another password.
 * https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3login
 */
export async function logIn(
  deps: LogInDeps,
  request: LogInRequest,
  session: SessionRequest,
): Promise<OpenedSession> {
  if (session.deviceId !== undefined) checkDeviceId(session.deviceId)
  if ('service' in request) return forService(deps, request, session)
  return 'token' in request ? withToken(deps, request.token, session) : withPassword(deps, request, session)
}

async function withPassword(
  deps: LogInDeps,
  { identifier, password }: { identifier: UserIdentifier; password: string },
  session: SessionRequest,
): Promise<OpenedSession> {
  const userId = await checkPassword(deps, await identifiedUser(deps, identifier), password)
  if (userId === undefined) throw refuse('identity.login_failed')
  return openAgainIfLost(deps, userId, session)
}

/** https://spec.matrix.org/v1.19/application-service-api/#server-admin-style-permissions */
async function forService(
  deps: LogInDeps,
  { identifier, service: token }: { identifier: UserIdentifier; service: string },
  session: SessionRequest,
): Promise<OpenedSession> {
  const service = deps.claims.holderOf(token)
  if (!service) throw tokenUnknown()
  const userId = await identifiedUser(deps, identifier)
  if (userId === undefined) throw refuse('identity.login_failed')
  if (!service.mayBe(userId)) throw refuse('identity.username_outside')
  return openAgainIfLost(deps, userId, session)
}

/** Under one device id, so that it can be run again when the answer to its commit was lost. */
function openAgainIfLost(deps: LogInDeps, userId: string, session: SessionRequest): Promise<OpenedSession> {
  const named = { ...session, deviceId: session.deviceId ?? newDeviceId(deps.random) }
  return deps.db.repeatable(() => open(deps, userId, named, (tx) => requireActive(tx, userId)))
}

async function withToken(deps: LogInDeps, token: string, session: SessionRequest): Promise<OpenedSession> {
  const read = readToken('login', token, deps.serverName)
  if (!read) throw refuse('identity.login_token_invalid')
  return open(deps, read.userId, session, async (tx) => {
    const used = await tx.run(sql`
      delete from identity.login_token
      where user_id = ${read.userId} and token_hash = ${read.hash} and expires_at_ms > ${deps.clock.now()}`)
    if (used === 0) throw refuse('identity.login_token_invalid')
    await requireActive(tx, read.userId)
  })
}

async function open(
  deps: LogInDeps,
  userId: string,
  session: SessionRequest,
  before: (tx: Tx) => Promise<void>,
): Promise<OpenedSession> {
  const opened = await deps.db.transaction(async (tx) => {
    await before(tx)
    return openSession(deps, tx, userId, session)
  })
  if (opened.endedAt !== undefined) deps.authentication.ended(userId, opened.endedAt)
  return opened
}

/** Keeps a deactivation that happens at the same moment from being overtaken by a login. */
async function requireActive(tx: Tx, userId: string): Promise<void> {
  const [active] = await tx.rows<{ locked: boolean }>(sql`
    select locked_at_ms is not null as locked from identity.account where user_id = ${userId} and deactivated_at_ms is null for share`)
  if (!active) throw refuse('identity.login_failed')
  if (active.locked) throw accountLocked()
}
