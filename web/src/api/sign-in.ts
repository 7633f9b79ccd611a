import type { LoginResponse, MatrixError, RegisterResponse } from 'matrix-js-sdk'
import { sites } from './connection.ts'
import type { Session } from './session.ts'

export type SignInProblem =
  | 'wrong'
  | 'taken'
  | 'invalidName'
  | 'weak'
  | 'closed'
  | 'tokenNeeded'
  | 'tokenWrong'
  | 'slowDown'
  | 'unreachable'
  | 'failed'

/** Why signing in or up did not work, in one of the ways that a person can do something about. */
export class SignInError extends Error {
  readonly problem: SignInProblem
  constructor(problem: SignInProblem, cause: unknown) {
    super(problem, { cause })
    this.problem = problem
  }
}

export async function signIn(username: string, password: string): Promise<Session> {
  const client = await bareClient()
  return named(async () => {
    const answer = await client.loginRequest({
      type: 'm.login.password',
      identifier: { type: 'm.id.user', user: username.trim() },
      password,
      initial_device_display_name: deviceName(),
    })
    return sessionOf(answer)
  })
}

export type Registration = { name: string; username: string; password: string; token?: string }

/**
 * Creates an account, passing the stages of https://spec.matrix.org/v1.19/client-server-api/#user-interactive-authentication-api
 * that need nobody's help. Throws `tokenNeeded` when the server wants an invitation code and none was given.
 */
export async function signUp({ name, username, password, token }: Registration): Promise<Session> {
  const client = await bareClient()
  const body = {
    username: username.trim().toLowerCase(),
    password,
    initial_device_display_name: deviceName(),
  }
  return named(async () => {
    let auth: Record<string, unknown> | undefined
    // One round for the flows and one for each stage; more would mean that a stage does not count.
    for (let round = 0; round < 5; round++) {
      try {
        const session = sessionOf(await client.registerRequest({ ...body, ...(auth && { auth }) }))
        await showName(session, name)
        return session
      } catch (error) {
        auth = nextStage(error, token)
      }
    }
    throw new SignInError('failed', undefined)
  })
}

/** The account is there already: that the name could not be set must not look like a failure. It can be set later. */
async function showName({ userId, accessToken }: Session, name: string): Promise<void> {
  if (name.trim() === '') return
  const client = await bareClient({ userId, accessToken })
  await client.setDisplayName(name.trim()).catch(() => {})
}

type Interactive = {
  session?: string
  flows?: { stages: string[] }[]
  completed?: string[]
  errcode?: string
}

/** What to send next, or the error itself when it is no question for another stage. */
function nextStage(error: unknown, token: string | undefined): Record<string, unknown> {
  const { httpStatus, data } = error as MatrixError
  const asked = data as Interactive | undefined
  if (httpStatus !== 401 || !asked?.flows) throw error
  if (asked.errcode !== undefined) throw new SignInError('tokenWrong', error)
  const done = new Set(asked.completed)
  const able = new Set(['m.login.dummy', 'm.login.registration_token', ...done])
  const flow = asked.flows.find(({ stages }) => stages.every((stage) => able.has(stage)))
  const stage = flow?.stages.find((name) => !done.has(name))
  if (stage === undefined) throw new SignInError('closed', error)
  const begun = { session: asked.session }
  if (stage === 'm.login.dummy') return { ...begun, type: stage }
  if (token === undefined || token === '') throw new SignInError('tokenNeeded', error)
  return { ...begun, type: stage, token }
}

async function bareClient(as: { userId?: string; accessToken?: string } = {}) {
  const { createClient } = await import('./sdk.ts')
  return createClient({ baseUrl: location.origin, fetchFn: sites.fetch, ...as })
}

function sessionOf(answer: LoginResponse | RegisterResponse): Session {
  const { user_id: userId, device_id: deviceId, access_token: accessToken } = answer
  if (!deviceId || !accessToken) throw new SignInError('failed', answer)
  return { userId, deviceId, accessToken }
}

async function named<Value>(work: () => Promise<Value>): Promise<Value> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof SignInError) throw error
    throw new SignInError(problemOf(error as Partial<MatrixError>), error)
  }
}

function problemOf({ errcode, httpStatus }: Partial<MatrixError>): SignInProblem {
  switch (errcode) {
    case 'M_USER_IN_USE':
      return 'taken'
    case 'M_INVALID_USERNAME':
    case 'M_EXCLUSIVE':
      return 'invalidName'
    case 'M_WEAK_PASSWORD':
      return 'weak'
    case 'M_LIMIT_EXCEEDED':
      return 'slowDown'
    case 'M_FORBIDDEN':
      return 'wrong'
    default:
      return httpStatus === undefined ? 'unreachable' : 'failed'
  }
}

/** How this device will be listed among the person's sessions. */
function deviceName(): string {
  const agent = navigator.userAgent
  const system = ['Android', 'iPhone', 'iPad', 'Windows', 'Mac', 'Linux'].find((name) => agent.includes(name))
  const browser = ['Firefox', 'Edg', 'Chrome', 'Safari'].find((name) => agent.includes(name))
  return ['Dure', browser?.replace('Edg', 'Edge'), system].filter(Boolean).join(' · ')
}
