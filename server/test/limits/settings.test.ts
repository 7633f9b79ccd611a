import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { roomsRoutesFixture } from '../../src/services/rooms/routes/testing.ts'

const text = (length: number) => 'x'.repeat(length)
const numbered = <T>(count: number, make: (n: number) => T) =>
  Array.from({ length: count }, (_, n) => make(n))

type Fixture = Awaited<ReturnType<typeof fixture>>
type Check = {
  /** The setting's variable, and a value that is soon reached. */
  variable: string
  limit: number
  /** Whether what is of this size is let through. Each is called with the limit first. */
  passes: (given: Fixture, size: number) => Promise<boolean>
}

async function fixture(t: TestContext) {
  const environment = Object.fromEntries(checks.map(({ variable, limit }) => [variable, String(limit)]))
  const given = await roomsRoutesFixture(t, ['alice'], { environment })
  const [alice] = given.people
  assert(alice)
  const call = async (method: 'POST' | 'PUT', path: string, body: object) => {
    const answer = await given.call(alice, method, path, body)
    assert.ok(answer.status < 500, JSON.stringify(answer.body))
    return answer
  }
  const passes = async (method: 'POST' | 'PUT', path: string, body: object) =>
    (await call(method, path, body)).status < 300
  const sliding = (list: object, more: object = {}) =>
    passes('POST', '/_matrix/client/unstable/org.matrix.simplified_msc3575/sync', {
      lists: { all: { timeline_limit: 1, required_state: [], ...list } },
      ...more,
    })
  const backup = await call('POST', '/room_keys/version', backupVersion)
  return { alice, call, passes, sliding, version: String(backup.body['version']), versions: 1 }
}

const backupVersion = {
  algorithm: 'm.megolm_backup.v1.curve25519-aes-sha2',
  auth_data: { public_key: 'a', signatures: {} },
}
const backupKey = (size: number) => ({
  first_message_index: 1,
  forwarded_count: 0,
  is_verified: false,
  session_data: { ciphertext: text(size - '{"ciphertext":""}'.length) },
})

const checks: Check[] = [
  {
    variable: 'DURE_ACCOUNT_DATA_CONTENT_BYTES_MAX',
    limit: 2000,
    passes: ({ alice, passes }, size) =>
      passes('PUT', `/user/${alice.userId}/account_data/org.example.large`, {
        x: text(size - '{"x":""}'.length),
      }),
  },
  {
    variable: 'DURE_SYNC_FILTER_BYTES_MAX',
    limit: 1000,
    passes: ({ alice, passes }, size) =>
      passes('POST', `/user/${alice.userId}/filter`, {
        event_fields: [text(size - '{"event_fields":[""]}'.length)],
      }),
  },
  {
    // The filter of the check before is one of them.
    variable: 'DURE_SYNC_FILTERS_PER_PERSON_MAX',
    limit: 4,
    passes: async ({ alice, passes }, count) => {
      let last = true
      for (let n = 1; n < count; n++)
        last = await passes('POST', `/user/${alice.userId}/filter`, { room: { timeline: { limit: n } } })
      return last
    },
  },
  {
    variable: 'DURE_SYNC_SLIDING_LISTS_MAX',
    limit: 3,
    passes: ({ sliding }, count) =>
      sliding(
        {},
        {
          lists: Object.fromEntries(
            numbered(count, (n) => [`list${n}`, { timeline_limit: 1, required_state: [] }]),
          ),
        },
      ),
  },
  {
    variable: 'DURE_SYNC_SLIDING_SUBSCRIPTIONS_MAX',
    limit: 3,
    passes: ({ sliding }, count) =>
      sliding(
        {},
        {
          room_subscriptions: Object.fromEntries(
            numbered(count, (n) => [`!room${n}:dure.test`, { timeline_limit: 1, required_state: [] }]),
          ),
        },
      ),
  },
  {
    variable: 'DURE_SYNC_SLIDING_RANGES_MAX',
    limit: 3,
    passes: ({ sliding }, count) => sliding({ ranges: numbered(count, (n) => [n, n]) }),
  },
  {
    variable: 'DURE_SYNC_SLIDING_STATE_MAX',
    limit: 3,
    passes: ({ sliding }, count) =>
      sliding({ required_state: numbered(count, (n) => [`org.example.${n}`, '']) }),
  },
  {
    variable: 'DURE_SYNC_SLIDING_FILTER_MAX',
    limit: 3,
    passes: ({ sliding }, count) => sliding({ filters: { tags: numbered(count, (n) => `u.tag${n}`) } }),
  },
  {
    variable: 'DURE_KEYS_ONE_TIME_KEYS_MAX',
    limit: 50,
    passes: ({ passes }, count) =>
      passes('POST', '/keys/upload', {
        one_time_keys: Object.fromEntries(numbered(count, (n) => [`curve25519:key${n}`, `value${n}`])),
      }),
  },
  {
    variable: 'DURE_KEYS_BACKUP_KEY_BYTES_MAX',
    limit: 500,
    passes: ({ passes, version }, size) =>
      passes('PUT', `/room_keys/keys/!room:dure.test/large?version=${version}`, backupKey(size)),
  },
  {
    // The key of the check before is one of them.
    variable: 'DURE_KEYS_BACKUP_KEYS_MAX',
    limit: 100,
    passes: ({ passes, version }, count) =>
      passes('PUT', `/room_keys/keys/!other:dure.test?version=${version}`, {
        sessions: Object.fromEntries(numbered(count - 1, (n) => [`session${n}`, backupKey(100)])),
      }),
  },
  {
    // Last, because keys go into the newest one only.
    variable: 'DURE_KEYS_BACKUP_VERSIONS_MAX',
    limit: 3,
    passes: async (given, count) => {
      let last = true
      for (; given.versions < count; given.versions++)
        last = await given.passes('POST', '/room_keys/version', backupVersion)
      return last
    },
  },
]

test('what the settings bound is let through at the limit and refused past it', async (t) => {
  const given = await fixture(t)
  for (const { variable, limit, passes } of checks) {
    assert.equal(await passes(given, limit), true, `${variable} at ${limit}`)
    assert.equal(await passes(given, limit + 1), false, `${variable} past ${limit}`)
  }
})

test('a password has as many characters as the settings say, and no fewer', async (t) => {
  const { call } = await roomsRoutesFixture(t, [], {
    environment: { DURE_IDENTITY_PASSWORD_LENGTH_MIN: '10' },
  })
  const register = (username: string, length: number) =>
    call(undefined, 'POST', '/register', {
      username,
      password: text(length),
      auth: { type: 'm.login.dummy' },
    })
  assert.deepEqual((await register('short', 9)).body['errcode'], 'M_WEAK_PASSWORD')
  assert.equal((await register('long', 10)).status, 200)
})
