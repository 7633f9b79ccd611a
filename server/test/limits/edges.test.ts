import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { sql } from '../../src/platform/db/sql.ts'
import { isWithinLimits } from '../../src/services/push/rules/rule-limits.ts'
import { NO_CHANGES, type RuleChanges } from '../../src/services/push/rules/ruleset.ts'
import { roomsRoutesFixture, type TestAnswer } from '../../src/services/rooms/routes/testing.ts'
import { message } from '../../src/services/rooms/testing.ts'
import { constants } from './constants.ts'
import { asked } from './limits.ts'

const serverName = 'dure.test'
const text = (length: number) => 'x'.repeat(length)
const encoded = encodeURIComponent

type Fixture = Awaited<ReturnType<typeof fixture>>
/** Whether what is of this size is let through. */
type Check = (given: Fixture, size: number) => Promise<boolean>

async function fixture(t: TestContext) {
  const given = await roomsRoutesFixture(t, ['alice', 'bob'])
  const [alice, bob] = given.people
  assert(alice && bob)
  const roomId = await given.room([alice, bob])
  const isFine = async (answer: Promise<TestAnswer>) => {
    const { status, body } = await answer
    assert.ok(status < 500, JSON.stringify(body))
    return status < 300
  }
  type Method = 'GET' | 'PUT' | 'POST' | 'DELETE'
  return {
    ...given,
    db: given.platform.db,
    alice,
    bob,
    roomId,
    passes: (method: Method, path: string, body?: object) => isFine(given.call(alice, method, path, body)),
    passesWithoutLogin: (method: Method, path: string, body?: object) =>
      isFine(given.call(undefined, method, path, body)),
  }
}

const registration = (username: string, password: string) => ({
  username,
  password,
  auth: { type: 'm.login.dummy' },
})
const profile = ({ alice }: Fixture, key: string) => `/profile/${alice.userId}/${key}`

/** Each tried with the limit itself and with one more. */
const checks: Record<string, Check> = {
  'platform/http/strict-json.ts depthMax': ({ alice, passes }, depth) => {
    let content: object = {}
    for (let level = 1; level < depth; level++) content = { deeper: content }
    return passes('PUT', `/user/${alice.userId}/account_data/org.example.deep`, content)
  },
  'platform/filters/event-filter.ts entriesMax': ({ alice, passes }, count) =>
    passes('POST', `/user/${alice.userId}/filter`, {
      room: { timeline: { types: Array(count).fill('m.x') } },
    }),
  'services/account-data/routes/tags.ts tagBytesMax': ({ alice, roomId, passes }, size) =>
    passes('PUT', `/user/${alice.userId}/rooms/${encoded(roomId)}/tags/u.${text(size - 2)}`, {}),
  'services/account-data/routes/owner.ts roomIdBytesMax': ({ alice, passes }, size) =>
    passes(
      'PUT',
      `/user/${alice.userId}/rooms/${encoded(`!${text(size - 1)}`)}/account_data/org.example`,
      {},
    ),
  'services/identity/names.ts userIdBytesMax': ({ passesWithoutLogin }, size) =>
    passesWithoutLogin(
      'POST',
      '/register',
      registration(text(size - `@:${serverName}`.length), 'long enough'),
    ),
  'services/identity/passwords.ts lengthMax': ({ passesWithoutLogin }, size) =>
    passesWithoutLogin('POST', '/register', registration(`p${size}`, text(size))),
  'services/identity/profile-fields.ts keyBytesMax': (given, size) => {
    const key = `org.${text(size - 4)}`
    return given.passes('PUT', profile(given, key), { [key]: 1 })
  },
  'services/identity/profile-fields.ts displayNameLengthMax': (given, size) =>
    given.passes('PUT', profile(given, 'displayname'), { displayname: text(size) }),
  'services/identity/profile-fields.ts avatarUrlLengthMax': (given, size) =>
    given.passes('PUT', profile(given, 'avatar_url'), { avatar_url: `mxc://a/${text(size - 8)}` }),
  'services/identity/operations/profiles.ts profileBytesMax': async (given, size) => {
    const { body } = await given.call(given.alice, 'GET', `/profile/${given.alice.userId}`)
    const { 'org.example.big': _, ...kept } = body
    const around = JSON.stringify({ ...kept, 'org.example.big': '' }).length
    // The specification wants a profile to stay under this size.
    const value = text(size - 1 - around)
    return given.passes('PUT', profile(given, 'org.example.big'), { 'org.example.big': value })
  },
  'services/media/operations/describe-upload.ts fileNameBytesMax': async ({ http, alice }, size) => {
    const { statusCode } = await http.inject({
      method: 'POST',
      url: `/_matrix/media/v3/upload?filename=${text(size)}`,
      headers: { authorization: `Bearer ${alice.token}` },
      payload: 'file',
    })
    return statusCode === 200
  },
  'services/media/previews/previews.ts urlLengthMax': async ({ call, alice }, size) => {
    const url = 'http://127.0.0.1/'
    const path = `/_matrix/client/v1/media/preview_url?url=${encoded(url + text(size - url.length))}`
    // Nothing in this machine is shown: what is too long is not even looked at.
    return (await call(alice, 'GET', path)).body['errcode'] === 'M_NOT_FOUND'
  },
  'services/push/pushers/pusher-in.ts bytesMax': ({ passes }, size) =>
    passes('POST', '/pushers/set', {
      app_id: text(size),
      pushkey: 'key',
      kind: 'http',
      app_display_name: '',
      device_display_name: '',
      lang: 'en',
      data: { url: 'https://8.8.8.8/_matrix/push/v1/notify' },
    }),
  'services/push/pushers/set-pusher.ts pushersMax': async ({ services, alice, db }, count) => {
    await db.run(sql`delete from push.pusher`)
    const set = (n: number) =>
      services.push.pushers.set({
        owner: { userId: alice.userId, deviceId: alice.deviceId },
        pusher: {
          appId: 'org.example',
          pushkey: `${n}`,
          kind: 'http',
          appDisplayName: '',
          deviceDisplayName: '',
          profileTag: null,
          lang: 'en',
          data: { url: 'https://8.8.8.8/_matrix/push/v1/notify' },
        },
        append: true,
      })
    for (let n = 1; n < count; n++) await set(n)
    return set(count).then(
      () => true,
      () => false,
    )
  },
  'services/push/rules/rule-limits.ts RULES_MAX': async (_, count) =>
    isWithinLimits(withRules(Array.from({ length: count }, (_rule, n) => ({ id: `${n}` })))),
  'services/push/rules/rule-limits.ts CHARACTERS_MAX': async (_, size) => {
    const around = JSON.stringify(withRules([{ id: '' }])).length
    return isWithinLimits(withRules([{ id: text(size - around) }]))
  },
  'services/push/rules/rule-limits.ts SEARCHES_MAX': async (_, count) =>
    isWithinLimits(withRules(Array.from({ length: count }, (_rule, n) => ({ id: `${n}`, pattern: 'word' })))),
  'services/push/rules/rule-limits.ts SEARCH_CHARACTERS_MAX': async (_, size) =>
    isWithinLimits(withRules([{ id: 'one', pattern: text(size) }])),
  'services/rooms/operations/append.ts keyBytesMax': ({ roomId, passes }, size) =>
    passes('PUT', `/rooms/${encoded(roomId)}/send/m.room.message/${text(size)}`, message('hello').content),
  'services/rooms/protocol/event-format.ts maxEventBytes': async ({ roomId, alice, call, passes }, size) => {
    const path = `/rooms/${encoded(roomId)}/send/m.room.message/large${size}`
    // What an event has around its text is told by the refusal of one that is too large by far.
    const refused = (await call(alice, 'PUT', path, message(text(2 * size)).content)).body['error']
    const bytes = Number(/has (?<bytes>\d+) bytes/.exec(String(refused))?.groups?.['bytes'])
    return passes('PUT', path, message(text(size - (bytes - 2 * size))).content)
  },
  'services/rooms/protocol/event-format.ts maxStateKeyBytes': ({ roomId, passes }, size) =>
    passes('PUT', `/rooms/${encoded(roomId)}/state/org.example/${text(size)}`, {}),
  'services/rooms/protocol/event-format.ts maxTypeBytes': ({ roomId, passes }, size) =>
    passes('PUT', `/rooms/${encoded(roomId)}/state/${text(size)}/`, {}),
  'services/rooms/protocol/identifiers.ts maxIdentifierBytes': ({ roomId, passes }, size) =>
    passes('POST', `/rooms/${encoded(roomId)}/ban`, {
      user_id: `@${text(size - serverName.length - 2)}:${serverName}`,
    }),
  'services/rooms/routes/creation.ts startersMax': ({ passes }, count) =>
    passes('POST', '/createRoom', {
      initial_state: Array.from({ length: count }, (_, n) => ({
        type: 'org.example',
        state_key: `${n}`,
        content: {},
      })),
    }),
  'services/search/routes/search.ts termMax': ({ passes }, size) =>
    passes('POST', '/search', { search_categories: { room_events: { search_term: text(size) } } }),
}

function withRules(rules: { id: string; pattern?: string }[]): RuleChanges {
  const content = rules.map(({ id, pattern }) => ({
    ruleId: id,
    actions: [],
    ...(pattern !== undefined && { pattern }),
  }))
  return { ...NO_CHANGES, own: { content } } as unknown as RuleChanges
}

test('what a request runs into is let through at the limit and refused past it', async (t) => {
  const given = await fixture(t)
  const values = new Map(constants().map(({ file, name, value }) => [`${file} ${name}`, value]))
  for (const { file, name } of asked) {
    const key = `${file} ${name}`
    const check = checks[key]
    assert.ok(check, `${key} is tried by no check`)
    const limit = Number((values.get(key) ?? '').replaceAll(',', '').replace(/^appId: (\d+)\D.*$/, '$1'))
    assert.ok(limit > 0, key)
    assert.equal(await check(given, limit), true, `${key} at ${limit}`)
    assert.equal(await check(given, limit + 1), false, `${key} past ${limit}`)
  }
})
