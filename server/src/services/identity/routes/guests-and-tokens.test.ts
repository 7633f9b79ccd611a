import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testApp, testNodes } from '../../../platform/testing/app.ts'
import { createTestClock } from '../../../platform/testing/clock.ts'
import { createRegistrationToken } from '../operations/registration-tokens.ts'
import { personOf, registerPerson, request } from '../testing.ts'

const password = 'correct horse'
const tokenEnvironment = { environment: { DURE_REGISTRATION: 'token' } }
const validity = '/_matrix/client/v1/register/m.login.registration_token/validity'

test('a guest account ignores everything but the name of its device', async (t) => {
  const { http } = await testApp(t)
  const made = await request(http, 'POST', 'register?kind=guest', {
    body: { username: 7, device_id: 'MINE', password: 'x', initial_device_display_name: 'kiosk' },
  })
  assert.equal(made.status, 200)
  assert.match(made.body.user_id, /^@guest-[a-z0-9]{16}:dure\.test$/)
  assert.notEqual(made.body.device_id, 'MINE')
  const guest = personOf(http, made)
  assert.deepEqual((await guest.call('GET', 'account/whoami')).body, {
    user_id: guest.userId,
    device_id: guest.deviceId,
    is_guest: true,
  })
  assert.equal((await guest.call('GET', `devices/${guest.deviceId}`)).body.display_name, 'kiosk')
  assert.equal((await guest.call('GET', 'account/3pid')).body.errcode, 'M_GUEST_ACCESS_FORBIDDEN')
  assert.equal(
    (await request(http, 'POST', 'register?kind=guest', {})).status,
    200,
    'the body may be left out',
  )
})

test('guests are not taken when the server does not want them', async (t) => {
  for (const environment of [{ DURE_IDENTITY_GUESTS: 'off' }, { DURE_REGISTRATION: 'token' }]) {
    const { http } = await testApp(t, { environment })
    const { status, body } = await request(http, 'POST', 'register?kind=guest', { body: {} })
    assert.deepEqual([status, body.errcode], [403, 'M_FORBIDDEN'])
  }
})

test('a guest becomes a registered person under the same name, on every node', async (t) => {
  const [here, there] = await testNodes(t, 2)
  assert(here && there)
  const made = await request(here.http, 'POST', 'register?kind=guest', { body: {} })
  const guest = personOf(there.http, made)
  assert.equal((await guest.call('GET', 'account/whoami')).body.is_guest, true)
  const username = guest.userId.slice(1).split(':')[0]
  const auth = { type: 'm.login.dummy' }
  const upgrade = { username, password, auth, guest_access_token: guest.token }

  const bob = await registerPerson(here.http, 'bob')
  for (const wrong of [{ username: 'other' }, { username: undefined }, { guest_access_token: bob.token }]) {
    const refused = await request(here.http, 'POST', 'register', { body: { ...upgrade, ...wrong } })
    assert.deepEqual([refused.status, refused.body.errcode], [403, 'M_FORBIDDEN'], JSON.stringify(wrong))
  }
  const unknown = { ...upgrade, guest_access_token: 'x' }
  assert.equal((await request(here.http, 'POST', 'register', { body: unknown })).status, 401)
  assert.equal(
    (await request(here.http, 'POST', 'register', { body: { ...upgrade, guest_access_token: undefined } }))
      .body.errcode,
    'M_USER_IN_USE',
  )

  const done = await request(here.http, 'POST', 'register', { body: upgrade })
  assert.deepEqual([done.status, done.body.user_id], [200, guest.userId])
  const head = await there.platform.stream.head()
  await there.platform.stream.reached(head, AbortSignal.timeout(10_000))
  assert.equal((await guest.call('GET', 'account/whoami')).body.is_guest, false)
})

test('a registration token lets in as many people as it says', async (t) => {
  const { http, platform } = await testApp(t, tokenEnvironment)
  await createRegistrationToken(platform, { token: 'two.people', usesAllowed: 2 })
  const register = async (username: string, token: unknown) => {
    const first = await request(http, 'POST', 'register', { body: { username, password } })
    assert.deepEqual(first.body.flows, [{ stages: ['m.login.registration_token'] }])
    const auth = { type: 'm.login.registration_token', token, session: first.body.session }
    return request(http, 'POST', 'register', { body: { username, password, auth } })
  }
  const valid = async () => (await request(http, 'GET', `${validity}?token=two.people`)).body
  assert.deepEqual(await valid(), { valid: true })
  const wrong = await register('alice', 'guess')
  assert.deepEqual([wrong.status, wrong.body.errcode, wrong.body.completed], [401, 'M_FORBIDDEN', []])
  assert.equal((await register('alice', 5)).body.errcode, 'M_MISSING_PARAM')
  assert.equal((await register('alice', 'two.people')).status, 200)
  assert.deepEqual(await valid(), { valid: true })
  assert.equal((await register('bob', 'two.people')).status, 200)
  assert.deepEqual(await valid(), { valid: false })
  assert.equal((await register('carol', 'two.people')).status, 401)
  assert.deepEqual((await request(http, 'GET', `${validity}?token=%00`)).body, { valid: false })
  assert.equal((await request(http, 'GET', validity)).body.errcode, 'M_MISSING_PARAM')
})

test('people who use the last of a token at the same moment do not both get in', async (t) => {
  const nodes = await testNodes(t, 2, tokenEnvironment)
  const [node] = nodes
  assert(node)
  await createRegistrationToken(node.platform, { token: 'one', usesAllowed: 1 })
  const answers = await Promise.all(
    Array.from({ length: 6 }, (_, n) =>
      request((nodes[n % 2] ?? node).http, 'POST', 'register', {
        body: {
          username: `person-${n}`,
          password,
          auth: { type: 'm.login.registration_token', token: 'one' },
        },
      }),
    ),
  )
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 401, 401, 401, 401, 401])
})

test('a use that was kept for somebody who never finished is given back', async (t) => {
  const clock = createTestClock()
  const { http, platform } = await testApp(t, { ...tokenEnvironment, clock })
  await createRegistrationToken(platform, { token: 'one', usesAllowed: 1 })
  const attempt = (username: string, extra: object) =>
    request(http, 'POST', 'register', {
      body: { username, auth: { type: 'm.login.registration_token', token: 'one' }, ...extra },
    })
  assert.equal((await attempt('alice', {})).body.errcode, 'M_MISSING_PARAM', 'the password is missing')
  assert.equal((await attempt('bob', { password })).status, 401)
  await clock.advance(1_800_000)
  assert.equal((await attempt('bob', { password })).status, 200)
})

test('tokens expire, are made once, and have the form of an opaque identifier', async (t) => {
  const clock = createTestClock()
  const { http, platform } = await testApp(t, { ...tokenEnvironment, clock })
  await createRegistrationToken(platform, { token: 'brief', expiresAtMs: clock.now() + 1000 })
  await assert.rejects(createRegistrationToken(platform, { token: 'brief' }), /already/)
  await assert.rejects(createRegistrationToken(platform, { token: 'not a token' }), /letters/)
  const { token } = await createRegistrationToken(platform, {})
  assert.match(token, /^[A-Za-z0-9]{16}$/)
  const valid = async (which: string) => (await request(http, 'GET', `${validity}?token=${which}`)).body.valid
  assert.deepEqual([await valid('brief'), await valid(token), await valid('other')], [true, true, false])
  await clock.advance(1000)
  assert.deepEqual([await valid('brief'), await valid(token)], [false, true])
})
