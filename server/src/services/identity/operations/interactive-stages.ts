import type { Clock } from '../../../platform/clock.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { IdentitySettings } from '../config.ts'
import { refuse } from '../refusals.ts'
import { type CheckPasswordDeps, checkPassword, identifiedUser } from './check-password.ts'
import { emailOwner } from './email-owner.ts'
import type { EmailPurpose } from './mail-texts.ts'
import { reserveRegistrationToken } from './registration-tokens.ts'
import { validatedEmail } from './validate-email.ts'

/** https://spec.matrix.org/v1.19/client-server-api/#authentication-types */
export type Stage = (typeof stages)[number]
const stages = [
  'm.login.dummy',
  'm.login.password',
  'm.login.registration_token',
  'm.login.email.identity',
] as const

export function isStage(type: string): type is Stage {
  return stages.some((stage) => stage === type)
}

export type StageDeps = CheckPasswordDeps & {
  clock: Clock
  settings: Pick<IdentitySettings, 'interactiveSessionLifetime'>
}

/** The person the stage has shown, when it shows one, or what the client is told about its failure. */
export type StageResult =
  | { userId: string | undefined; email?: string }
  | { problem: { errcode: string; error: string } }

/** Tries one stage with what the client sent for it. */
export async function tryStage(
  deps: StageDeps,
  stage: Stage,
  auth: Record<string, unknown>,
  session: { hash: Buffer; userId: string | undefined; emailFor?: EmailPurpose | undefined },
): Promise<StageResult> {
  switch (stage) {
    case 'm.login.dummy':
      return { userId: undefined }
    case 'm.login.password':
      return tryPassword(deps, auth, session.userId)
    case 'm.login.registration_token':
      return tryRegistrationToken(deps, auth, session.hash)
    case 'm.login.email.identity':
      return tryEmail(deps, auth, session)
  }
}

/** https://spec.matrix.org/v1.19/client-server-api/#password-based */
async function tryPassword(
  deps: StageDeps,
  auth: Record<string, unknown>,
  ownerId: string | undefined,
): Promise<StageResult> {
  const { password } = auth
  if (typeof password !== 'string') throw refuse('identity.parameter_missing', 'auth.password')
  const named = await namedUser(deps, auth, ownerId)
  const userId = await checkPassword(deps, named, password)
  if (userId !== undefined && (ownerId === undefined || userId === ownerId)) return { userId }
  return { problem: { errcode: 'M_FORBIDDEN', error: 'Wrong name or password.' } }
}

/** Clients of an access token's owner often leave the identifier out, or send the older `user`. */
async function namedUser(
  deps: CheckPasswordDeps,
  auth: Record<string, unknown>,
  ownerId: string | undefined,
): Promise<string | undefined> {
  const { identifier, user } = auth
  if (typeof identifier === 'object' && identifier !== null) {
    const named = await identifiedUser(deps, identifier)
    const type = 'type' in identifier ? identifier.type : undefined
    if (named === undefined && type !== 'm.id.user' && type !== 'm.id.thirdparty')
      throw refuse('identity.login_failed')
    return named
  }
  if (typeof user === 'string') return identifiedUser(deps, { type: 'm.id.user', user })
  if (ownerId === undefined) throw refuse('identity.parameter_missing', 'auth.identifier')
  return ownerId
}

/** https://spec.matrix.org/v1.19/client-server-api/#token-authenticated-registration */
async function tryRegistrationToken(
  deps: StageDeps,
  auth: Record<string, unknown>,
  sessionHash: Buffer,
): Promise<StageResult> {
  const { token } = auth
  if (typeof token !== 'string') throw refuse('identity.parameter_missing', 'auth.token')
  const reserved = await reserveRegistrationToken(deps, token, sessionHash)
  if (reserved) return { userId: undefined }
  return { problem: { errcode: 'M_FORBIDDEN', error: 'This registration token is not valid.' } }
}

/**
 * Whoever has confirmed an address is its account's owner, or registers with it. The confirmation is used up.
 * https://spec.matrix.org/v1.19/client-server-api/#email-based-identity--homeserver
 */
async function tryEmail(
  deps: StageDeps,
  auth: Record<string, unknown>,
  { userId: ownerId, emailFor }: { userId: string | undefined; emailFor?: EmailPurpose | undefined },
): Promise<StageResult> {
  const { sid, client_secret: clientSecret } = credentialsIn(auth)
  if (typeof sid !== 'string' || typeof clientSecret !== 'string')
    throw refuse('identity.parameter_missing', 'auth.threepid_creds')
  const unconfirmed = {
    errcode: 'M_THREEPID_AUTH_FAILED',
    error: 'The e-mail address has not been confirmed.',
  }
  if (emailFor === undefined) return { problem: unconfirmed }
  const validated = await validatedEmail(deps, { sid, clientSecret }, emailFor)
  if (!validated) return { problem: unconfirmed }
  const { address } = validated
  const userId = await emailOwner(deps.db, address)
  const fits = emailFor === 'register' ? userId === undefined : userId !== undefined
  if (!fits || (ownerId !== undefined && ownerId !== userId)) return { problem: unconfirmed }
  await deps.db.run(sql`delete from identity.email_validation where session_id = ${sid}`)
  return { userId, email: address }
}

function credentialsIn(auth: Record<string, unknown>): { sid?: unknown; client_secret?: unknown } {
  const { threepid_creds: credentials } = auth
  return typeof credentials === 'object' && credentials !== null ? credentials : {}
}
