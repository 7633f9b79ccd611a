import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import type { Clock } from '../../platform/clock.ts'
import { loadConfiguration } from '../../platform/config/load.ts'
import type { Database } from '../../platform/db/database.ts'
import { sql } from '../../platform/db/sql.ts'
import type { App } from '../../platform/http/http.ts'
import { createRateLimits } from '../../platform/http/rate-limits.ts'
import { testDatabase } from '../../platform/testing/database.ts'
import { waitingJobs } from '../../platform/testing/jobs.ts'
import { type TestPlatform, testPlatform } from '../../platform/testing/platform.ts'
import { type IdentitySettings, identityBudgets, identitySettings } from './config.ts'
import { createIdentity } from './service.ts'

export type Method = 'GET' | 'PUT' | 'POST' | 'DELETE'
/** `body` is `any` on purpose: a test reads from an answer what it expects to be there. */
// biome-ignore lint/suspicious/noExplicitAny: see above.
export type Answer = { status: number; body: any; headers: Record<string, unknown> }

export type Person = {
  userId: string
  deviceId: string
  token: string
  password: string
  /** Sends a request with the person's access token. Paths that do not begin with / are below /_matrix/client/v3. */
  call(method: Method, path: string, body?: unknown): Promise<Answer>
}

/** Sends a request as nobody, or with the token given. */
export async function request(
  http: App,
  method: Method,
  path: string,
  { body, token }: { body?: unknown; token?: string } = {},
): Promise<Answer> {
  const response = await http.inject({
    method,
    url: path.startsWith('/') ? path : `/_matrix/client/v3/${path}`,
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const isJson = String(response.headers['content-type']).startsWith('application/json')
  return {
    status: response.statusCode,
    body: isJson ? response.json() : response.body,
    headers: response.headers,
  }
}

/** Registers somebody on a server that is open to all, and logs them in. */
export async function registerPerson(
  http: App,
  username: string,
  extra: Record<string, unknown> = {},
): Promise<Person> {
  const password = `the password of ${username}`
  const answer = await request(http, 'POST', 'register', {
    body: { username, password, auth: { type: 'm.login.dummy' }, ...extra },
  })
  assert.equal(answer.status, 200, JSON.stringify(answer.body))
  return personOf(http, answer, password)
}

/** Logs a person in on a further device. */
export async function logIn(
  http: App,
  person: Pick<Person, 'userId' | 'password'>,
  extra: Record<string, unknown> = {},
): Promise<Person> {
  const answer = await request(http, 'POST', 'login', {
    body: {
      type: 'm.login.password',
      identifier: { type: 'm.id.user', user: person.userId },
      password: person.password,
      ...extra,
    },
  })
  assert.equal(answer.status, 200, JSON.stringify(answer.body))
  return personOf(http, answer, person.password)
}

/** The person that an answer to registering or logging in has made, seen through any node. */
export function personOf(http: App, { body }: Answer, password = ''): Person {
  const { user_id: userId, device_id: deviceId, access_token: token } = body
  return {
    userId,
    deviceId,
    token,
    password,
    call: (method, path, payload) =>
      request(http, method, path, { token, ...(payload === undefined ? {} : { body: payload }) }),
  }
}

/** Gives a person an address, as if they had shown that it is theirs. */
export async function giveEmail(db: Database, userId: string, address: string): Promise<void> {
  await db.run(sql`
    insert into identity.email_address (address, user_id, validated_at_ms, added_at_ms)
    values (${address}, ${userId}, 1, 1)`)
}

/** The service alone on a test database: its jobs wait, as nobody is there to handle them. */
export async function identityAlone(
  t: TestContext,
  given: { clock?: Clock; settings?: Partial<IdentitySettings> } = {},
) {
  const { url } = await testDatabase(t)
  const platform = testPlatform(t, url, given.clock ? { clock: given.clock } : {})
  const settings = { ...defaults, passwordMemory: 65_536, passwordPasses: 1, ...given.settings }
  const create = (on: TestPlatform, own: IdentitySettings) => {
    const limits = createRateLimits(on, identityBudgets(own), false)
    const mailer = { available: false, send: async () => undefined }
    return createIdentity({
      ...on,
      limits,
      settings: own,
      serverName: 'dure.test',
      publicUrl: 'http://dure.test',
      mailer,
      claims: { holderOf: () => undefined, isTaken: () => false, askForUsers: async () => false },
    })
  }
  const identity = create(platform, settings)
  await platform.start()
  return {
    platform,
    identity,
    /** A node on the same database with other settings. */
    otherNode: (others: Partial<IdentitySettings>) =>
      create(testPlatform(t, url), { ...settings, ...others }),
    /** Registers somebody without HTTP and gives their session. */
    async register(username: string) {
      const { userId, session } = await identity.register({
        username,
        password: `the password of ${username}`,
        session: { deviceId: undefined, displayName: undefined, refreshable: true },
        guestAccessToken: undefined,
        auth: { type: 'm.login.dummy' },
        operation: { method: 'POST', path: '/register', body: null },
      })
      assert(session)
      return { ...session, userId }
    },
    jobs: (queue: string) => waitingJobs(platform.db, queue),
  }
}

const defaults = loadConfiguration(
  { identity: identitySettings },
  { file: undefined, environment: {} },
).identity
