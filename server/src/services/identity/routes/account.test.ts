import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testApp, testNodes } from '../../../platform/testing/app.ts'
import { createTestClock } from '../../../platform/testing/clock.ts'
import { logIn, type Person, registerPerson, request } from '../testing.ts'

const passwordAuth = (person: Person, extra: object = {}) => ({
  type: 'm.login.password',
  identifier: { type: 'm.id.user', user: person.userId },
  password: person.password,
  ...extra,
})

test('a password is changed after proving the old one, on whichever nodes', async (t) => {
  const [here, there] = await testNodes(t, 2)
  assert(here && there)
  const alice = await registerPerson(here.http, 'alice')
  const other = await logIn(here.http, alice)
  const change = { new_password: 'another password' }
  const asked = await alice.call('POST', 'account/password', change)
  assert.equal(asked.status, 401)
  const { session, ...rest } = asked.body
  assert.deepEqual(rest, { flows: [{ stages: ['m.login.password'] }], params: {} })
  const body = { ...change, auth: passwordAuth(alice, { session }) }
  const done = await request(there.http, 'POST', 'account/password', { body, token: alice.token })
  assert.deepEqual([done.status, done.body], [200, {}])

  assert.equal((await alice.call('GET', 'account/whoami')).status, 200, 'the session that asked goes on')
  const head = await here.platform.stream.head()
  await here.platform.stream.reached(head, AbortSignal.timeout(10_000))
  assert.equal((await other.call('GET', 'account/whoami')).status, 401, 'the others end')
  await assert.rejects(logIn(here.http, alice))
  await logIn(here.http, { ...alice, password: 'another password' })
})

test('other sessions stay when the client asks for it, and the request may be repeated', async (t) => {
  const { http } = await testApp(t)
  const alice = await registerPerson(http, 'alice')
  const other = await logIn(http, alice)
  const change = { new_password: 'another password', logout_devices: false }
  const { session } = (await alice.call('POST', 'account/password', change)).body
  const body = { ...change, auth: passwordAuth(alice, { session }) }
  assert.equal((await alice.call('POST', 'account/password', body)).status, 200)
  assert.equal((await alice.call('POST', 'account/password', body)).status, 200, 'though the old one is gone')
  assert.equal((await other.call('GET', 'account/whoami')).status, 200)
})

test('without an access token the password itself shows whose it is', async (t) => {
  const { http } = await testApp(t)
  const alice = await registerPerson(http, 'alice')
  const body = { new_password: 'another password', auth: passwordAuth(alice) }
  assert.equal((await request(http, 'POST', 'account/password', { body })).status, 200)
  assert.equal((await alice.call('GET', 'account/whoami')).status, 401)
  const anonymous = { ...body, auth: { type: 'm.login.password', password: 'x' } }
  const refused = await request(http, 'POST', 'account/password', { body: anonymous })
  assert.deepEqual([refused.status, refused.body.errcode], [400, 'M_MISSING_PARAM'])
})

test('a proof that fails says so and may be tried again in the same session', async (t) => {
  const { http } = await testApp(t)
  const alice = await registerPerson(http, 'alice')
  const bob = await registerPerson(http, 'bob')
  const change = { new_password: 'another password' }
  const { session } = (await alice.call('POST', 'account/password', change)).body
  const attempt = (auth: unknown) => alice.call('POST', 'account/password', { ...change, auth })

  for (const auth of [
    passwordAuth(alice, { session, password: 'wrong' }),
    passwordAuth(bob, { session }),
    { type: 'm.login.dummy', session },
    { type: 'm.login.sso', session },
  ]) {
    const { status, body } = await attempt(auth)
    assert.equal(status, 401)
    assert.equal(body.errcode, 'M_FORBIDDEN')
    assert.equal(typeof body.error, 'string')
    assert.equal(body.session, session)
    assert.deepEqual([body.completed, body.params], [[], {}])
    assert.deepEqual(body.flows, [{ stages: ['m.login.password'] }])
  }
  const unfinished = await attempt({ session })
  assert.deepEqual([unfinished.status, unfinished.body.errcode], [401, undefined])
  const phone = { ...passwordAuth(alice, { session }), identifier: { type: 'm.id.phone' } }
  assert.equal((await attempt(phone)).status, 403)
  const nobody = { type: 'm.id.thirdparty', medium: 'email', address: 'nobody@mail.test' }
  const unknown = await attempt({ ...passwordAuth(alice, { session }), identifier: nobody })
  assert.deepEqual([unknown.status, unknown.body.errcode], [401, 'M_FORBIDDEN'])
  assert.equal((await attempt({ type: 'm.login.password', session })).body.errcode, 'M_MISSING_PARAM')
  assert.equal((await attempt(passwordAuth(alice, { session }))).status, 200)
})

test('a session serves one operation of one person, and expires', async (t) => {
  const clock = createTestClock()
  const { http } = await testApp(t, { clock })
  const alice = await registerPerson(http, 'alice')
  const bob = await registerPerson(http, 'bob')
  const change = { new_password: 'another password' }
  const begin = async (person: Person) => (await person.call('POST', 'account/password', change)).body.session
  const session = await begin(alice)

  const refused = [
    await alice.call('POST', 'account/password', {
      new_password: 'something else',
      auth: passwordAuth(alice, { session }),
    }),
    await alice.call('POST', 'delete_devices', { devices: [], auth: passwordAuth(alice, { session }) }),
    await bob.call('POST', 'account/password', { ...change, auth: passwordAuth(bob, { session }) }),
    await alice.call('POST', 'account/password', { ...change, auth: passwordAuth(alice, { session: 'x' }) }),
  ]
  for (const { status, body } of refused) {
    assert.deepEqual([status, body.errcode], [401, 'M_UNKNOWN'])
    assert.notEqual(body.session, session)
  }
  await clock.advance(1_800_000)
  const late = await alice.call('POST', 'account/password', {
    ...change,
    auth: passwordAuth(alice, { session }),
  })
  assert.equal(late.status, 401)
})

test('new passwords that do not do are refused', async (t) => {
  const { http } = await testApp(t)
  const alice = await registerPerson(http, 'alice')
  const attempt = async (new_password: unknown) =>
    (await alice.call('POST', 'account/password', { new_password, auth: passwordAuth(alice) })).body.errcode
  assert.equal(await attempt('short'), 'M_WEAK_PASSWORD')
  assert.equal(await attempt(1), 'M_BAD_JSON')
  assert.equal(await attempt(undefined), 'M_MISSING_PARAM')
})

test('a deactivated account is gone for good', async (t) => {
  const { http, platform } = await testApp(t)
  const alice = await registerPerson(http, 'alice')
  const other = await logIn(http, alice)
  assert.equal((await alice.call('POST', 'account/deactivate', { erase: true })).status, 401)
  const body = { erase: true, auth: passwordAuth(alice) }
  const done = await alice.call('POST', 'account/deactivate', body)
  assert.deepEqual([done.status, done.body], [200, { id_server_unbind_result: 'success' }])

  for (const person of [alice, other]) assert.equal((await person.call('GET', 'account/whoami')).status, 401)
  await assert.rejects(logIn(http, alice))
  assert.equal((await request(http, 'GET', `profile/${alice.userId}`)).status, 404)
  const taken = await request(http, 'GET', 'register/available?username=alice')
  assert.equal(taken.body.errcode, 'M_USER_IN_USE')
  const [account] = await platform.db.rows<object>({
    kind: 'sql',
    text: 'select password_hash, erase from identity.account where user_id = $1',
    values: [alice.userId],
  })
  assert.deepEqual(account, { password_hash: null, erase: true })
})

test('guests have no password to change and no account to deactivate', async (t) => {
  const { http } = await testApp(t)
  const guest = await request(http, 'POST', 'register?kind=guest', { body: {} })
  const token = guest.body.access_token
  for (const [path, body] of [
    ['account/password', { new_password: 'another password' }],
    ['account/deactivate', {}],
  ] as const) {
    const refused = await request(http, 'POST', path, { body, token })
    assert.deepEqual([refused.status, refused.body.errcode], [403, 'M_GUEST_ACCESS_FORBIDDEN'])
  }
})

test('third-party identifiers can be listed, and there are none', async (t) => {
  const { http } = await testApp(t)
  const alice = await registerPerson(http, 'alice')
  assert.deepEqual((await alice.call('GET', 'account/3pid')).body, { threepids: [] })
  const added = await alice.call('POST', 'account/3pid', {})
  assert.deepEqual([added.status, added.body.errcode], [405, 'M_UNRECOGNIZED'])
  const bound = await alice.call('POST', 'account/3pid/bind', {})
  assert.deepEqual([bound.status, bound.body.errcode], [404, 'M_UNRECOGNIZED'])
})
