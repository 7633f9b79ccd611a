import type { Clock } from '../../../platform/clock.ts'
import type { IdentitySettings } from '../config.ts'
import { refuse } from '../refusals.ts'
import { type CheckPasswordDeps, checkPassword, identifiedUser } from './check-password.ts'
import { reserveRegistrationToken } from './registration-tokens.ts'

/** https://spec.matrix.org/v1.19/client-server-api/#authentication-types */
export type Stage = (typeof stages)[number]
const stages = ['m.login.dummy', 'm.login.password', 'm.login.registration_token'] as const

export function isStage(type: string): type is Stage {
  return stages.some((stage) => stage === type)
}

export type StageDeps = CheckPasswordDeps & {
  clock: Clock
  settings: Pick<IdentitySettings, 'interactiveSessionLifetime'>
}

/** The person the stage has shown, when it shows one, or what the client is told about its failure. */
export type StageResult = { userId: string | undefined } | { problem: { errcode: string; error: string } }

/** Tries one stage with what the client sent for it. */
export async function tryStage(
  deps: StageDeps,
  stage: Stage,
  auth: Record<string, unknown>,
  session: { hash: Buffer; userId: string | undefined },
): Promise<StageResult> {
  switch (stage) {
    case 'm.login.dummy':
      return { userId: undefined }
    case 'm.login.password':
      return tryPassword(deps, auth, session.userId)
    case 'm.login.registration_token':
      return tryRegistrationToken(deps, auth, session.hash)
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
  const named = namedUser(auth, ownerId, deps.serverName)
  const userId = await checkPassword(deps, named, password)
  if (userId !== undefined && (ownerId === undefined || userId === ownerId)) return { userId }
  return { problem: { errcode: 'M_FORBIDDEN', error: 'Wrong name or password.' } }
}

/** Clients of an access token's owner often leave the identifier out, or send the older `user`. */
function namedUser(
  auth: Record<string, unknown>,
  ownerId: string | undefined,
  serverName: string,
): string | undefined {
  const { identifier, user } = auth
  if (typeof identifier === 'object' && identifier !== null) {
    const named = identifiedUser(identifier, serverName)
    const type = 'type' in identifier ? identifier.type : undefined
    if (named === undefined && type !== 'm.id.user') throw refuse('identity.login_failed')
    return named
  }
  if (typeof user === 'string') return identifiedUser({ type: 'm.id.user', user }, serverName)
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
