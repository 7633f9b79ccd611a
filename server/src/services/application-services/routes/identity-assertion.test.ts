import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { App } from '../../../platform/http/http.ts'
import { testApp } from '../../../platform/testing/app.ts'
import { registerPerson, request } from '../../identity/testing.ts'
import { connected, type TestBridge, testBridge } from '../testing.ts'

const service = 'm.login.application_service'

test('a service acts as its sender, as its people, and as nobody else', async (t) => {
  const { as, whoami } = await fixture(t)
  assert.deepEqual((await whoami()).body, { user_id: '@_irc_bot:dure.test', is_guest: false })

  assert.deepEqual(codeOf(await whoami('@_irc_ann:dure.test')), [403, 'M_FORBIDDEN'])
  assert.equal((await as('POST', 'register', { type: service, username: '_irc_ann' })).status, 200)
  assert.equal((await whoami('@_irc_ann:dure.test')).body.user_id, '@_irc_ann:dure.test')
  assert.deepEqual(codeOf(await whoami('@alice:dure.test')), [403, 'M_FORBIDDEN'])
  assert.deepEqual(codeOf(await whoami('@_irc_ann:elsewhere.test')), [403, 'M_FORBIDDEN'])
})

test('a device can be made, acted with and deleted without any proof', async (t) => {
  const { as, whoami } = await fixture(t)
  const own = 'user_id=@_irc_bot:dure.test'
  assert.deepEqual(codeOf(await whoami('@_irc_bot:dure.test', 'BRIDGE')), [400, 'M_UNKNOWN_DEVICE'])
  const made = await as('PUT', `devices/BRIDGE?${own}`, { display_name: 'The bridge' })
  assert.equal(made.status, 200)
  assert.equal((await whoami('@_irc_bot:dure.test', 'BRIDGE')).body.device_id, 'BRIDGE')
  assert.equal((await as('GET', 'devices/BRIDGE')).body.display_name, 'The bridge')

  assert.equal((await as('DELETE', 'devices/BRIDGE', {})).status, 200)
  assert.deepEqual(codeOf(await whoami('@_irc_bot:dure.test', 'BRIDGE')), [400, 'M_UNKNOWN_DEVICE'])
})

test('cross-signing keys are uploaded and replaced without any proof', async (t) => {
  const { as } = await fixture(t)
  for (const key of ['A'.repeat(43), 'B'.repeat(43)]) {
    const master_key = {
      user_id: '@_irc_bot:dure.test',
      usage: ['master'],
      keys: { [`ed25519:${key}`]: key },
    }
    const answer = await as('POST', 'keys/device_signing/upload', { master_key })
    assert.equal(answer.status, 200, JSON.stringify(answer.body))
  }
})

test('names are registered within the namespaces of the service, and by nobody else where they are exclusive', async (t) => {
  const { as, http, ask } = await fixture(t)
  const body = (username: string) => ({ type: service, username })
  assert.deepEqual(codeOf(await as('POST', 'register', body('somebody'))), [400, 'M_EXCLUSIVE'])
  assert.equal((await as('POST', 'register', body('_irc_bob'))).status, 200)
  assert.deepEqual(codeOf(await as('POST', 'register', body('_irc_bob'))), [400, 'M_USER_IN_USE'])
  // Of another service, whose namespace is not exclusive.
  assert.deepEqual(codeOf(await as('POST', 'register', body('xmpp-eve'))), [400, 'M_EXCLUSIVE'])
  assert.equal((await ask('POST', 'register', { body: person('xmpp-eve') })).status, 200)

  for (const username of ['_irc_carol', 'shared-name', '_xmpp_bot']) {
    const answer = await ask('POST', 'register', { body: person(username) })
    assert.deepEqual(codeOf(answer), [400, 'M_EXCLUSIVE'], username)
    const available = await ask('GET', `register/available?username=${username}`)
    assert.deepEqual(codeOf(available), [400, 'M_EXCLUSIVE'], username)
  }
  assert.deepEqual(codeOf(await ask('POST', 'register', { body: body('_irc_dan') })), [
    401,
    'M_MISSING_TOKEN',
  ])
  const wrong = await request(http, 'POST', 'register', { body: body('_irc_dan'), token: 'wrong' })
  assert.deepEqual(codeOf(wrong), [401, 'M_UNKNOWN_TOKEN'])
  assert.deepEqual(codeOf(await as('POST', 'register', { type: service })), [400, 'M_MISSING_PARAM'])
})

test('a service registers people without a session, and logs in as those that are its own', async (t) => {
  const { as, http, ask } = await fixture(t)
  const made = await as('POST', 'register', { type: service, username: '_irc_ann', inhibit_login: true })
  assert.deepEqual(made.body, { user_id: '@_irc_ann:dure.test' })
  const login = (user: string) => ({ type: service, identifier: { type: 'm.id.user', user } })

  const session = await as('POST', 'login', login('_irc_ann'))
  assert.equal(session.status, 200)
  const who = await request(http, 'GET', 'account/whoami', { token: session.body.access_token })
  assert.equal(who.body.user_id, '@_irc_ann:dure.test')
  await registerPerson(http, 'alice')
  assert.deepEqual(codeOf(await as('POST', 'login', login('alice'))), [400, 'M_EXCLUSIVE'])
  assert.deepEqual(codeOf(await ask('POST', 'login', { body: login('_irc_ann') })), [401, 'M_MISSING_TOKEN'])
  // Nobody logs in by a password that was never set.
  const guess = {
    type: 'm.login.password',
    identifier: { type: 'm.id.user', user: '_irc_ann' },
    password: '',
  }
  assert.deepEqual(codeOf(await ask('POST', 'login', { body: guess })), [403, 'M_FORBIDDEN'])
  assert((await ask('GET', 'login')).body.flows.some(({ type }: { type: string }) => type === service))
})

test('a locked or deactivated person cannot be acted as', async (t) => {
  const { as, whoami, services } = await fixture(t)
  await as('POST', 'register', { type: service, username: '_irc_ann' })
  await services.identity.restrictAccount({
    userId: '@_irc_ann:dure.test',
    restriction: 'locked',
    on: true,
  })
  assert.deepEqual(codeOf(await whoami('@_irc_ann:dure.test')), [401, 'M_USER_LOCKED'])
  await services.identity.deactivateAccount('@_irc_ann:dure.test', false)
  assert.deepEqual(codeOf(await whoami('@_irc_ann:dure.test')), [403, 'M_FORBIDDEN'])
})

test('time is what the service says, for messages and for state, and what others say is not heard', async (t) => {
  const { as, http } = await fixture(t)
  const { room_id: roomId } = (await as('POST', 'createRoom', { preset: 'public_chat' })).body
  const timeOf = async (eventId: string) =>
    (await as('GET', `rooms/${roomId}/event/${eventId}`)).body.origin_server_ts
  const path = `rooms/${roomId}/send/m.room.message`
  const content = { msgtype: 'm.text', body: 'long ago' }
  const sent = await as('PUT', `${path}/1?ts=534535`, content)
  assert.equal(await timeOf(sent.body.event_id), 534535)
  const named = await as('PUT', `rooms/${roomId}/state/m.room.name/?ts=534536`, { name: 'Old' })
  assert.equal(await timeOf(named.body.event_id), 534536)
  await as('POST', 'register', { type: service, username: '_irc_ann' })
  const ann = encodeURIComponent('@_irc_ann:dure.test')
  const join = await as(
    'PUT',
    `rooms/${roomId}/state/m.room.member/${ann}?ts=534537&user_id=@_irc_ann:dure.test`,
    { membership: 'join' },
  )
  assert.equal(await timeOf(join.body.event_id), 534537)
  for (const ts of ['yesterday', '-5', '9007199254740992'])
    assert.deepEqual(codeOf(await as('PUT', `${path}/2?ts=${ts}`, content)), [400, 'M_INVALID_PARAM'], ts)

  const alice = await registerPerson(http, 'alice')
  await alice.call('POST', `join/${roomId}`, {})
  const now = await alice.call('PUT', `${path}/3?ts=534535`, content)
  assert((await timeOf(now.body.event_id)) > 1_000_000_000_000)
})

test('transaction ids of two people of a service do not meet', async (t) => {
  const { as } = await fixture(t)
  const { room_id: roomId } = (await as('POST', 'createRoom', { preset: 'public_chat' })).body
  const ids = []
  for (const name of ['ann', 'bob']) {
    const own = `user_id=@_irc_${name}:dure.test`
    await as('POST', 'register', { type: service, username: `_irc_${name}` })
    await as('POST', `join/${roomId}?${own}`, {})
    for (const _ of [1, 2]) {
      const sent = await as('PUT', `rooms/${roomId}/send/m.room.message/same?${own}`, { body: name })
      ids.push(sent.body.event_id)
    }
  }
  assert.equal(ids[0], ids[1])
  assert.equal(ids[2], ids[3])
  assert.notEqual(ids[0], ids[2])
})

test('services draw on no rate budget, but their people do when the registration says so', async (t) => {
  const slow = await testBridge(t, { id: 'slow', rate_limited: true })
  const { as, ask, http } = await fixture(t, [slow], {
    DURE_RATE_LIMITS: 'on',
    DURE_IDENTITY_REGISTRATIONS_PER_MINUTE: '2',
  })
  for (let index = 0; index < 5; index++)
    assert.equal((await as('POST', 'register', { type: service, username: `_irc_${index}` })).status, 200)
  const answers = []
  for (let index = 0; index < 4; index++)
    answers.push((await ask('POST', 'register', { body: person(`person-${index}`) })).status)
  assert.deepEqual(answers, [200, 200, 429, 429])

  const person2 = { type: service, username: '_slow_ann' }
  assert.equal((await request(http, 'POST', 'register', { body: person2, token: slow.token })).status, 200)
  const many = async (userId: string) => {
    const statuses = []
    for (let index = 0; index < 40; index++) {
      const path = `thirdparty/protocols?user_id=${userId}`
      statuses.push((await request(http, 'GET', path, { token: slow.token })).status)
    }
    return statuses
  }
  assert((await many('@_slow_ann:dure.test')).includes(429))
  assert(!(await many('@_slow_bot:dure.test')).includes(429))
})

test('sync is answered for a person of the service as long as the service may act as them', async (t) => {
  const { as, http } = await fixture(t)
  await as('POST', 'register', { type: service, username: '_irc_ann' })
  const own = 'user_id=@_irc_ann:dure.test'
  const first = await as('GET', `sync?${own}`)
  const alice = await registerPerson(http, 'alice')
  const waiting = as('GET', `sync?${own}&since=${first.body.next_batch}&timeout=30000`)
  const room = await alice.call('POST', 'createRoom', { invite: ['@_irc_ann:dure.test'] })
  assert.deepEqual(Object.keys((await waiting).body.rooms.invite), [room.body.room_id])
})

function person(username: string) {
  return { username, password: 'correct horse battery', auth: { type: 'm.login.dummy' } }
}

type Coded = { status: number; body: { errcode?: string } }

function codeOf({ status, body }: Coded): [number, string | undefined] {
  return [status, body.errcode]
}

async function fixture(
  t: TestContext,
  others: readonly TestBridge[] = [],
  environment: Record<string, string> = {},
) {
  const bridge = await testBridge(t)
  const other = await testBridge(
    t,
    { id: 'xmpp' },
    {
      users: [
        { regex: '@xmpp-.*', exclusive: false },
        { regex: '@shared-name', exclusive: true },
      ],
    },
  )
  const app = await testApp(t, { environment: { ...connected(bridge, other, ...others), ...environment } })
  const http: App = app.http
  const as = (method: 'GET' | 'PUT' | 'POST' | 'DELETE', path: string, body?: unknown) =>
    request(http, method, path, { token: bridge.token, ...(body === undefined ? {} : { body }) })
  return {
    ...app,
    bridge,
    as,
    ask: (method: 'GET' | 'POST', path: string, options = {}) => request(http, method, path, options),
    whoami: (userId?: string, deviceId?: string) => {
      const query = new URLSearchParams({
        ...(userId !== undefined && { user_id: userId }),
        ...(deviceId !== undefined && { device_id: deviceId }),
      })
      return as('GET', `account/whoami?${query}`)
    },
  }
}
