import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testApp, testNodes } from '../../../platform/testing/app.ts'
import { logIn, personOf, registerPerson, request } from '../testing.ts'

const password = 'the password of alice'
const loginBody = (extra: object = {}) => ({
  type: 'm.login.password',
  identifier: { type: 'm.id.user', user: 'alice' },
  password,
  ...extra,
})

test('a person logs in by local part, full id, upper case, or the older field', async (t) => {
  const { http } = await testApp(t)
  await registerPerson(http, 'alice')
  assert.deepEqual((await request(http, 'GET', 'login')).body, {
    flows: [
      { type: 'm.login.password' },
      { type: 'm.login.token', get_login_token: true },
      { type: 'm.login.application_service' },
    ],
  })
  for (const who of [
    {},
    { identifier: { type: 'm.id.user', user: '@alice:dure.test' } },
    { identifier: { type: 'm.id.user', user: 'ALICE' } },
    { identifier: undefined, user: 'alice' },
  ]) {
    const answer = await request(http, 'POST', 'login', { body: loginBody(who) })
    assert.equal(answer.status, 200, JSON.stringify(who))
    assert.equal(answer.body.user_id, '@alice:dure.test')
    assert.equal((await personOf(http, answer).call('GET', 'account/whoami')).status, 200)
  }
})

test('a login that fails looks the same whatever is wrong', async (t) => {
  const { http } = await testApp(t)
  const alice = await registerPerson(http, 'alice')
  const bob = await registerPerson(http, 'bob')
  const auth = { type: 'm.login.password', password: bob.password }
  await bob.call('POST', 'account/deactivate', { auth })
  const wrong = [
    { password: 'not the password' },
    { identifier: { type: 'm.id.user', user: 'nobody' } },
    { identifier: { type: 'm.id.user', user: '@alice:elsewhere.test' } },
    { identifier: { type: 'm.id.user', user: 'nul\0' } },
    { identifier: { type: 'm.id.user', user: 'bob' }, password: bob.password },
    { identifier: { type: 'm.id.thirdparty', medium: 'email', address: 'alice@example.org' } },
    { identifier: { type: 'm.id.phone', country: 'KR', phone: '1' } },
    { identifier: undefined, medium: 'email', address: 'alice@example.org' },
    { password: 'x'.repeat(2000) },
  ]
  for (const extra of wrong) {
    const { status, body } = await request(http, 'POST', 'login', { body: loginBody(extra) })
    const expected = {
      errcode: 'M_FORBIDDEN',
      error: 'Wrong name or password.',
      code: 'identity.login_failed',
    }
    assert.deepEqual([status, body], [403, expected], JSON.stringify(extra))
  }
  assert.equal((await alice.call('GET', 'account/whoami')).status, 200)
})

test('logins of the wrong form are refused', async (t) => {
  const { http } = await testApp(t)
  await registerPerson(http, 'alice')
  const cases: [body: unknown, status: number, errcode: string][] = [
    [{}, 400, 'M_MISSING_PARAM'],
    [{ type: 1 }, 400, 'M_BAD_JSON'],
    [{ type: 'm.login.magic' }, 400, 'M_UNKNOWN'],
    [loginBody({ password: undefined }), 400, 'M_MISSING_PARAM'],
    [loginBody({ identifier: undefined }), 400, 'M_MISSING_PARAM'],
    [loginBody({ identifier: { type: 'm.id.user' } }), 400, 'M_MISSING_PARAM'],
    [loginBody({ identifier: { type: 'm.id.magic' } }), 400, 'M_UNKNOWN'],
    [loginBody({ identifier: 'alice' }), 400, 'M_BAD_JSON'],
    [loginBody({ device_id: '' }), 400, 'M_INVALID_PARAM'],
    [loginBody({ device_id: 'B'.repeat(43) }), 403, 'M_FORBIDDEN'],
    [{ type: 'm.login.token' }, 400, 'M_MISSING_PARAM'],
    [{ type: 'm.login.token', token: 'made up' }, 403, 'M_FORBIDDEN'],
  ]
  for (const [body, status, errcode] of cases) {
    const refused = await request(http, 'POST', 'login', { body })
    assert.deepEqual([refused.status, refused.body.errcode], [status, errcode], JSON.stringify(body))
  }
})

test('logging in to a device again ends its earlier tokens and keeps its name', async (t) => {
  const { http } = await testApp(t)
  const alice = await registerPerson(http, 'alice', {
    device_id: 'PHONE',
    initial_device_display_name: 'old',
  })
  const other = await logIn(http, alice)
  const again = await logIn(http, alice, { device_id: 'PHONE', initial_device_display_name: 'new' })
  assert.equal(again.deviceId, 'PHONE')
  assert.equal((await alice.call('GET', 'account/whoami')).body.errcode, 'M_UNKNOWN_TOKEN')
  assert.equal((await other.call('GET', 'account/whoami')).status, 200)
  assert.equal((await again.call('GET', 'devices/PHONE')).body.display_name, 'old')
})

test('tokens that are missing, malformed, unknown or of another kind are refused', async (t) => {
  const { http } = await testApp(t)
  const made = await request(http, 'POST', 'register', {
    body: { username: 'alice', password, auth: { type: 'm.login.dummy' }, refresh_token: true },
  })
  const { access_token: access, refresh_token: refresh } = made.body
  const tokens = [
    'x',
    `${access}x`,
    access.replace(/.$/, (end: string) => (end === 'A' ? 'B' : 'A')),
    refresh,
  ]
  for (const token of tokens) {
    const { status, body } = await request(http, 'GET', 'account/whoami', { token })
    assert.deepEqual([status, body.errcode, body.soft_logout], [401, 'M_UNKNOWN_TOKEN', false], token)
  }
  const none = await request(http, 'GET', 'account/whoami')
  assert.deepEqual([none.status, none.body.errcode], [401, 'M_MISSING_TOKEN'])
  assert.equal((await request(http, 'GET', `account/whoami?access_token=${access}`)).status, 200)
})

test('a logged-out token stops working on every node, though they remembered it', async (t) => {
  const nodes = await testNodes(t, 2)
  const [here, there] = nodes
  assert(here && there)
  const alice = await registerPerson(here.http, 'alice')
  const other = await logIn(here.http, alice)
  const whoami = (http: typeof here.http) => request(http, 'GET', 'account/whoami', { token: alice.token })
  for (const { http } of nodes) assert.equal((await whoami(http)).status, 200)

  assert.deepEqual((await alice.call('POST', 'logout')).body, {})
  assert.equal((await whoami(here.http)).status, 401, 'at once on the node that was asked')
  const head = await there.platform.stream.head()
  await there.platform.stream.reached(head, AbortSignal.timeout(10_000))
  assert.equal((await whoami(there.http)).status, 401, 'and on the other with its stream')

  const devices = (await other.call('GET', 'devices')).body.devices
  assert.deepEqual(
    devices.map((device: { device_id: string }) => device.device_id),
    [other.deviceId],
  )
})

test('a wake-up that is lost does not keep a logged-out token alive', async (t) => {
  const [here, there] = await testNodes(t, 2)
  assert(here && there)
  const alice = await registerPerson(here.http, 'alice')
  const whoami = () => request(there.http, 'GET', 'account/whoami', { token: alice.token })
  assert.equal((await whoami()).status, 200)
  await there.platform.bus.close()
  assert.equal((await alice.call('POST', 'logout')).status, 200)
  const deadline = Date.now() + 5000
  while ((await whoami()).status !== 401) {
    assert(Date.now() < deadline, 'the token is still good')
    await new Promise(setImmediate)
  }
})

test('logging out everywhere ends every session', async (t) => {
  const { http } = await testApp(t)
  const alice = await registerPerson(http, 'alice')
  const other = await logIn(http, alice)
  const bob = await registerPerson(http, 'bob')
  await alice.call('POST', 'logout/all')
  assert.equal((await alice.call('GET', 'account/whoami')).status, 401)
  assert.equal((await other.call('GET', 'account/whoami')).status, 401)
  assert.equal((await bob.call('GET', 'account/whoami')).status, 200)
  const back = await logIn(http, alice)
  assert.equal((await back.call('GET', 'devices')).body.devices.length, 1)
})

test('a login token logs another client in, once', async (t) => {
  const { http } = await testApp(t)
  const alice = await registerPerson(http, 'alice')
  const path = '/_matrix/client/v1/login/get_token'
  const asked = await alice.call('POST', path, {})
  assert.equal(asked.status, 401)
  const auth = { type: 'm.login.password', password, session: asked.body.session }
  const { status, body } = await alice.call('POST', path, { auth })
  assert.equal(status, 200)
  assert.equal(body.expires_in_ms, 120_000)
  assert.equal((await alice.call('POST', path, { auth })).status, 401, 'each token is asked for anew')

  const login = { type: 'm.login.token', token: body.login_token, device_id: 'TV' }
  const made = await request(http, 'POST', 'login', { body: login })
  assert.deepEqual([made.body.user_id, made.body.device_id], [alice.userId, 'TV'])
  const again = await request(http, 'POST', 'login', { body: login })
  assert.deepEqual([again.status, again.body.errcode], [403, 'M_FORBIDDEN'])
})

test('passwords are tried a few times per account and minute', async (t) => {
  const { http } = await testApp(t, {
    environment: { DURE_RATE_LIMITS: 'on', DURE_IDENTITY_PASSWORDS_PER_MINUTE: '2' },
  })
  await registerPerson(http, 'alice')
  await registerPerson(http, 'bob')
  const attempt = async (user: string) =>
    (
      await request(http, 'POST', 'login', {
        body: loginBody({ user, identifier: undefined, password: 'wrong' }),
      })
    ).status
  assert.deepEqual([await attempt('alice'), await attempt('alice'), await attempt('alice')], [403, 403, 429])
  assert.equal(await attempt('bob'), 403)
})
