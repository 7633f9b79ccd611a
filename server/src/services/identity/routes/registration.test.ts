import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testApp, testNodes } from '../../../platform/testing/app.ts'
import { personOf, registerPerson, request } from '../testing.ts'

const dummy = { type: 'm.login.dummy' }
const password = 'correct horse'

test('a person registers in two steps and is logged in', async (t) => {
  const { http } = await testApp(t)
  const asked = await request(http, 'POST', 'register', { body: { username: 'alice', password } })
  assert.equal(asked.status, 401)
  const { session, ...rest } = asked.body
  assert.deepEqual(rest, { flows: [{ stages: ['m.login.dummy'] }], params: {} })

  const made = await request(http, 'POST', 'register', {
    body: { username: 'alice', password, auth: { ...dummy, session }, initial_device_display_name: 'phone' },
  })
  assert.equal(made.status, 200)
  assert.equal(made.body.user_id, '@alice:dure.test')
  assert.match(made.body.access_token, /^dure_at\./)
  assert.equal(made.body.refresh_token, undefined)
  const alice = personOf(http, made)
  assert.deepEqual((await alice.call('GET', 'account/whoami')).body, {
    user_id: '@alice:dure.test',
    device_id: made.body.device_id,
    is_guest: false,
  })
  assert.equal((await alice.call('GET', `devices/${alice.deviceId}`)).body.display_name, 'phone')
  assert.equal((await alice.call('GET', `profile/${alice.userId}`)).body.displayname, 'alice')
})

test('the proof may come with the first request', async (t) => {
  const { http } = await testApp(t)
  const body = { username: 'Bob', password, auth: dummy, device_id: 'LAPTOP', refresh_token: true }
  const made = await request(http, 'POST', 'register?kind=user', { body })
  assert.equal(made.body.user_id, '@bob:dure.test')
  assert.equal(made.body.device_id, 'LAPTOP')
  assert.match(made.body.refresh_token, /^dure_rt\./)
  assert.equal(made.body.expires_in_ms, 3_600_000)
})

test('a repeated registration gives the same account, and only to whoever has its password', async (t) => {
  const [first, second] = await testNodes(t, 2)
  assert(first && second)
  const { session } = (await request(first.http, 'POST', 'register', { body: {} })).body
  const body = { username: 'carol', password, device_id: 'D', auth: { ...dummy, session } }
  const made = await request(first.http, 'POST', 'register', { body })
  const again = await request(second.http, 'POST', 'register', { body })
  assert.equal(again.status, 200)
  assert.equal(again.body.user_id, made.body.user_id)
  assert.equal((await personOf(second.http, again).call('GET', 'account/whoami')).body.device_id, 'D')

  const thief = await request(second.http, 'POST', 'register', {
    body: { ...body, password: 'another password' },
  })
  assert.equal(thief.body.errcode, 'M_USER_IN_USE')
})

test('a client may have an account made without being logged in', async (t) => {
  const { http } = await testApp(t)
  const made = await request(http, 'POST', 'register', {
    body: { username: 'dan', password, auth: dummy, inhibit_login: true },
  })
  assert.deepEqual(made.body, { user_id: '@dan:dure.test' })
})

test('whoever names no username gets one', async (t) => {
  const { http } = await testApp(t)
  const made = await request(http, 'POST', 'register', { body: { password, auth: dummy } })
  assert.match(made.body.user_id, /^@[a-z0-9]{12}:dure\.test$/)
})

test('usernames outside the grammar, taken and kept names are refused before anybody has to prove anything', async (t) => {
  const { http } = await testApp(t)
  await registerPerson(http, 'taken')
  const cases = [
    ['', 'M_INVALID_USERNAME'],
    ['with space', 'M_INVALID_USERNAME'],
    ['@full:dure.test', 'M_INVALID_USERNAME'],
    ['zoë', 'M_INVALID_USERNAME'],
    ['nul\0', 'M_INVALID_USERNAME'],
    ['a'.repeat(250), 'M_INVALID_USERNAME'],
    ['taken', 'M_USER_IN_USE'],
    ['TAKEN', 'M_USER_IN_USE'],
    ['_bridge_x', 'M_EXCLUSIVE'],
  ]
  for (const [username, errcode] of cases) {
    const refused = await request(http, 'POST', 'register', { body: { username, password } })
    assert.deepEqual([refused.status, refused.body.errcode], [400, errcode], username)
    const asked = await request(
      http,
      'GET',
      `register/available?username=${encodeURIComponent(String(username))}`,
    )
    assert.deepEqual([asked.status, asked.body.errcode], [400, errcode], username)
  }
  const free = await request(http, 'GET', 'register/available?username=free')
  assert.deepEqual(free.body, { available: true })
  assert.equal((await request(http, 'GET', 'register/available')).body.errcode, 'M_MISSING_PARAM')
})

test('weak, missing and absurd passwords are refused', async (t) => {
  const { http } = await testApp(t)
  const attempt = async (extra: object) => {
    const { status, body } = await request(http, 'POST', 'register', {
      body: { username: 'eve', auth: dummy, ...extra },
    })
    return [status, body.errcode]
  }
  assert.deepEqual(await attempt({ password: 'short' }), [400, 'M_WEAK_PASSWORD'])
  assert.deepEqual(await attempt({ password: 'x'.repeat(5000) }), [400, 'M_INVALID_PARAM'])
  assert.deepEqual(await attempt({}), [400, 'M_MISSING_PARAM'])
  assert.deepEqual(await attempt({ password }), [200, undefined])
})

test('values of the wrong type are refused', async (t) => {
  const { http } = await testApp(t)
  const wrong = [
    { username: 1 },
    { password: {} },
    { device_id: [] },
    { inhibit_login: 'yes' },
    { refresh_token: 1 },
    { initial_device_display_name: 'nul\0' },
    { auth: 'dummy' },
    { auth: { type: 3 } },
    { auth: { type: 'm.login.dummy', session: {} } },
    'null',
    '[]',
  ]
  for (const body of wrong) {
    const refused = await request(http, 'POST', 'register', { body })
    assert.deepEqual([refused.status, refused.body.errcode], [400, 'M_BAD_JSON'], JSON.stringify(body))
  }
  for (const [device_id, status, errcode] of [
    ['', 400, 'M_INVALID_PARAM'],
    ['a\0', 400, 'M_INVALID_PARAM'],
    ['A'.repeat(43), 403, 'M_FORBIDDEN'],
  ]) {
    const refused = await request(http, 'POST', 'register', { body: { device_id, auth: dummy, password } })
    assert.deepEqual([refused.status, refused.body.errcode], [status, errcode])
  }
  const kind = await request(http, 'POST', 'register?kind=robot', { body: {} })
  assert.deepEqual([kind.status, kind.body.errcode], [400, 'M_INVALID_PARAM'])
  assert.equal((await request(http, 'POST', 'register', { body: '{' })).body.errcode, 'M_NOT_JSON')
})

test('a closed server registers nobody', async (t) => {
  const { http } = await testApp(t, { environment: { DURE_REGISTRATION: 'closed' } })
  const answers = [
    await request(http, 'POST', 'register', { body: { username: 'alice', password, auth: dummy } }),
    await request(http, 'POST', 'register?kind=guest', { body: {} }),
    await request(http, 'GET', 'register/available?username=alice'),
    await request(http, 'GET', '/_matrix/client/v1/register/m.login.registration_token/validity?token=x'),
  ]
  for (const { status, body } of answers) assert.deepEqual([status, body.errcode], [403, 'M_FORBIDDEN'])
})

test('registrations have a budget per address', async (t) => {
  const { http } = await testApp(t, {
    environment: { DURE_RATE_LIMITS: 'on', DURE_IDENTITY_REGISTRATIONS_PER_MINUTE: '2' },
  })
  const statuses = []
  for (let i = 0; i < 3; i++) statuses.push((await request(http, 'POST', 'register', { body: {} })).status)
  assert.deepEqual(statuses, [401, 401, 429])
})
