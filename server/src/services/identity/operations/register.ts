import type { Clock } from '../../../platform/clock.ts'
import type { Tx } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { Operation, UserClaims } from '../api.ts'
import type { IdentitySettings } from '../config.ts'
import { checkDeviceId, chosenUserId, localpartOf, userIdOf } from '../names.ts'
import { refuse } from '../refusals.ts'
import { hashOf } from '../tokens.ts'
import type { Authentication } from './authenticate.ts'
import { checkPassword } from './check-password.ts'
import { requireFree } from './check-username.ts'
import { announceSessionEnd } from './end-sessions.ts'
import { type InteractiveAuthDeps, type Proof, requireProof } from './interactive-auth.ts'
import type { Stage } from './interactive-stages.ts'
import { type OpenedSession, type OpenSessionDeps, openSession, type SessionRequest } from './open-session.ts'
import { completeRegistrationToken } from './registration-tokens.ts'

export type RegisterDeps = InteractiveAuthDeps &
  OpenSessionDeps & {
    authentication: Authentication
    settings: IdentitySettings
    mailer: { available: boolean }
    claims: UserClaims
  }

export type RegisterRequest = {
  /** Undefined: a name of our choice. */
  username: string | undefined
  password: string | undefined
  /** Undefined: the client wants an account without being logged in. */
  session: SessionRequest | undefined
  /** Access token of the guest who becomes a registered person under the same name. */
  guestAccessToken: string | undefined
  auth: unknown
  operation: Operation
}

export type Registered = { userId: string; session: OpenedSession | undefined }

const generatedAlphabet = 'abcdefghijklmnopqrstuvwxyz0123456789'

/**
 * Makes an account for a person. Names are judged before anybody is asked to prove anything.
 *
 * A client that never saw the answer repeats the request: its interactive session remembers the name it went for, and
 * when that account is there and has the password, the answer is given again with fresh tokens.
 * https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3register
 */
export async function register(deps: RegisterDeps, request: RegisterRequest): Promise<Registered> {
  const { settings, serverName } = deps
  if (settings.registration === 'closed') throw refuse('identity.registration_closed')
  if (request.session?.deviceId !== undefined) checkDeviceId(request.session.deviceId)
  if (request.password !== undefined) deps.passwords.check(request.password)
  const wanted = request.username === undefined ? undefined : chosenUserId(request.username, serverName)
  if (wanted !== undefined && deps.claims.isTaken(wanted)) throw refuse('identity.username_reserved')
  const upgrades = await namesOwnGuest(deps, request, wanted)
  const remembered = await rememberedName(deps, request.auth, wanted)
  if (remembered !== undefined && (await isOwnAccount(deps, remembered, request.password)))
    return { userId: remembered, session: await openAgain(deps, remembered, request.session) }

  if (wanted !== undefined && !upgrades) await requireFree(deps.db, wanted)
  const proof = await requireProof(deps, {
    flows: registrationFlows(settings, deps.mailer),
    emailFor: 'register',
    userId: undefined,
    auth: request.auth,
    operation: request.operation,
  })
  if (request.password === undefined) throw refuse('identity.parameter_missing', 'password')
  const passwordHash = await deps.passwords.hash(request.password)
  const userId = wanted ?? remembered ?? userIdOf(deps.random.text(12, generatedAlphabet), serverName)
  await deps.db.run(sql`
    update identity.interactive_session set registering_user_id = ${userId}
    where session_hash = ${proof.sessionHash}`)
  await completeRegistrationToken(deps, proof.sessionHash)
  return { userId, session: await makeAccount(deps, request, { userId, passwordHash, upgrades, proof }) }
}

function registrationFlows({ registration }: IdentitySettings, mailer: { available: boolean }): Stage[][] {
  if (registration === 'token') return [['m.login.registration_token']]
  return mailer.available ? [['m.login.dummy'], ['m.login.email.identity']] : [['m.login.dummy']]
}

/** https://spec.matrix.org/v1.19/client-server-api/#guest-access */
async function namesOwnGuest(
  deps: RegisterDeps,
  request: RegisterRequest,
  wanted: string | undefined,
): Promise<boolean> {
  if (request.guestAccessToken === undefined) return false
  const caller = await deps.authentication.authenticate(request.guestAccessToken)
  if (!caller.guest || caller.userId !== wanted) throw refuse('identity.guest_token_invalid')
  return true
}

/** The name that an earlier request of the same interactive session went for. */
async function rememberedName(
  deps: RegisterDeps,
  auth: unknown,
  wanted: string | undefined,
): Promise<string | undefined> {
  const id = typeof auth === 'object' && auth !== null && 'session' in auth ? auth.session : undefined
  if (typeof id !== 'string') return undefined
  const [row] = await deps.db.rows<{ userId: string }>(sql`
    select registering_user_id as "userId" from identity.interactive_session
    where session_hash = ${hashOf(id)} and expires_at_ms > ${deps.clock.now()} and registering_user_id is not null`)
  return wanted === undefined || wanted === row?.userId ? row?.userId : undefined
}

async function isOwnAccount(
  deps: RegisterDeps,
  userId: string,
  password: string | undefined,
): Promise<boolean> {
  return password !== undefined && (await checkPassword(deps, userId, password)) !== undefined
}

async function openAgain(
  deps: RegisterDeps,
  userId: string,
  session: SessionRequest | undefined,
): Promise<OpenedSession | undefined> {
  if (!session) return undefined
  const opened = await deps.db.transaction((tx) => openSession(deps, tx, userId, session))
  if (opened.endedAt !== undefined) deps.authentication.ended(userId, opened.endedAt)
  return opened
}

type NewAccount = { userId: string; passwordHash: string; upgrades: boolean; proof: Proof }

async function makeAccount(
  deps: RegisterDeps,
  request: RegisterRequest,
  { userId, passwordHash, upgrades, proof }: NewAccount,
): Promise<OpenedSession | undefined> {
  const { session, endedAt } = await deps.db.transaction(async (tx) => {
    if (upgrades) await upgradeGuest(tx, userId, passwordHash)
    else await createAccount(deps, tx, userId, passwordHash)
    await attachEmail(deps, tx, userId, proof)
    const opened = request.session && (await openSession(deps, tx, userId, request.session))
    // The guest's tokens go on as the registered person's, once no node remembers them as a guest's.
    return { session: opened, endedAt: upgrades ? await announceSessionEnd(deps, tx, userId) : undefined }
  })
  if (endedAt !== undefined) deps.authentication.ended(userId, endedAt)
  return session
}

/** Throws `identity.username_taken`. Without a password nobody logs in by one. */
export async function createAccount(
  deps: { clock: Clock },
  tx: Tx,
  userId: string,
  passwordHash: string | null,
): Promise<void> {
  const made = await tx.run(sql`
    insert into identity.account (user_id, kind, password_hash, created_at_ms)
    values (${userId}, 'user', ${passwordHash}, ${deps.clock.now()}) on conflict do nothing`)
  if (made === 0) throw refuse('identity.username_taken')
  await tx.run(sql`
    insert into identity.profile (user_id, fields, search_name)
    values (${userId}, ${JSON.stringify({ displayname: localpartOf(userId) })}, ${localpartOf(userId)}) on conflict do nothing`)
}

/** The address with which the person registers, if that is how they do it. */
async function attachEmail(deps: RegisterDeps, tx: Tx, userId: string, proof: Proof): Promise<void> {
  const now = deps.clock.now()
  await tx.run(sql`
    insert into identity.email_address (address, user_id, validated_at_ms, added_at_ms)
    select email, ${userId}, ${now}::bigint, ${now}::bigint from identity.interactive_session
    where session_hash = ${proof.sessionHash} and email is not null
    on conflict (address) do nothing`)
}

async function upgradeGuest(tx: Tx, userId: string, passwordHash: string): Promise<void> {
  const changed = await tx.run(sql`
    update identity.account set kind = 'user', password_hash = ${passwordHash}
    where user_id = ${userId} and kind = 'guest' and deactivated_at_ms is null`)
  if (changed === 0) throw refuse('identity.username_taken')
}
