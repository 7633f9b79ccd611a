import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { testNodes } from '../../../platform/testing/app.ts'
import { setAdministrator } from '../operations/accounts.ts'
import { logIn, type Person, registerPerson, request } from '../testing.ts'

/** Two nodes: what an administrator does through the first shall hold at the second. */
async function fixture(t: TestContext) {
  const [here, there] = await testNodes(t, 2)
  assert(here && there)
  const admin = await registerPerson(here.http, 'admin')
  const bob = await registerPerson(here.http, 'bob')
  await setAdministrator(here.platform.db, admin.userId, true)
  const followed = async () => {
    for (const { platform } of [here, there])
      await platform.stream.reached(await platform.stream.head(), AbortSignal.timeout(10_000))
  }
  const restrict = async (what: 'lock' | 'suspend', on: boolean, whom: Person = bob) => {
    const word = what === 'lock' ? 'locked' : 'suspended'
    const path = `/_matrix/client/v1/admin/${what}/${whom.userId}`
    const answer = await admin.call('PUT', path, { [word]: on })
    assert.deepEqual([answer.status, answer.body], [200, { [word]: on }])
    assert.deepEqual((await admin.call('GET', path)).body, { [word]: on })
    await followed()
  }
  const elsewhere = (person: Person, path: string) =>
    request(there.http, 'GET', path, { token: person.token })
  return { here, there, admin, bob, restrict, elsewhere }
}

test('a locked account can do nothing but log out, on any node, until it is unlocked', async (t) => {
  const { here, bob, restrict, elsewhere } = await fixture(t)
  const phone = await logIn(here.http, bob, { refresh_token: true })
  assert.equal((await elsewhere(bob, 'account/whoami')).status, 200)
  await restrict('lock', true)
  for (const answer of [
    await bob.call('GET', 'sync'),
    await bob.call('PUT', `profile/${bob.userId}/displayname`, { displayname: 'x' }),
    await elsewhere(bob, 'account/whoami'),
  ]) {
    const { errcode, soft_logout: soft } = answer.body
    assert.deepEqual([answer.status, errcode, soft], [401, 'M_USER_LOCKED', true])
  }
  await restrict('lock', false)
  assert.equal((await bob.call('GET', 'account/whoami')).status, 200, 'the session has lived on')
  await restrict('lock', true)
  assert.equal((await phone.call('POST', 'logout')).status, 200)
  await restrict('lock', false)
  assert.equal((await phone.call('GET', 'account/whoami')).body.errcode, 'M_UNKNOWN_TOKEN')
})

test('nobody gets a new token for a locked account', async (t) => {
  const { here, bob, restrict } = await fixture(t)
  const login = (password: string) =>
    request(here.http, 'POST', 'login', {
      body: {
        type: 'm.login.password',
        identifier: { type: 'm.id.user', user: 'bob' },
        password,
        refresh_token: true,
      },
    })
  const { refresh_token: refreshToken } = (await login(bob.password)).body
  await restrict('lock', true)
  const locked = await login(bob.password)
  assert.deepEqual(
    [locked.status, locked.body.errcode, locked.body.soft_logout],
    [401, 'M_USER_LOCKED', true],
  )
  assert.equal((await login('wrong password')).body.errcode, 'M_FORBIDDEN', 'and only its owner learns of it')
  const refreshed = await request(here.http, 'POST', 'refresh', { body: { refresh_token: refreshToken } })
  assert.deepEqual([refreshed.status, refreshed.body.errcode], [401, 'M_USER_LOCKED'])
  await restrict('lock', false)
  assert.equal((await login(bob.password)).status, 200)
})

test('a waiting sync of an account that is locked ends', async (t) => {
  const { bob, restrict } = await fixture(t)
  const { next_batch: since } = (await bob.call('GET', 'sync')).body
  const waiting = bob.call('GET', `sync?since=${since}&timeout=60000`)
  await restrict('lock', true)
  assert.equal((await waiting).body.errcode, 'M_USER_LOCKED')
})

test('a suspended account reads, leaves and takes back its own words, and acts no further', async (t) => {
  const { here, admin, bob, restrict } = await fixture(t)
  const create = async (who: Person) =>
    (await who.call('POST', 'createRoom', { preset: 'public_chat' })).body.room_id as string
  const [own, others] = [await create(bob), await create(admin)]
  const send = (room: string, who: Person, txn: string) =>
    who.call('PUT', `rooms/${room}/send/m.room.message/${txn}`, { msgtype: 'm.text', body: 'hi' })
  await admin.call('POST', `rooms/${own}/join`, {})
  const mine = (await send(own, bob, '1')).body.event_id
  const theirs = (await send(own, admin, '1')).body.event_id
  await restrict('suspend', true)

  const device = await logIn(here.http, bob)
  for (const who of [bob, device]) {
    assert.equal((await who.call('GET', 'sync')).status, 200)
    assert.equal((await who.call('GET', `rooms/${own}/messages?dir=b`)).status, 200)
  }
  assert.equal((await bob.call('PUT', `rooms/${own}/redact/${mine}/2`, {})).status, 200)
  const refused = [
    await send(own, bob, '3'),
    await bob.call('PUT', `rooms/${own}/redact/${theirs}/4`, {}),
    await bob.call('PUT', `rooms/${own}/state/m.room.topic/`, { topic: 'x' }),
    await bob.call('POST', `rooms/${own}/invite`, { user_id: admin.userId }),
    await bob.call('POST', `rooms/${others}/join`, {}),
    await bob.call('POST', `join/${others}`, {}),
    await bob.call('POST', `knock/${others}`, {}),
    await bob.call('POST', 'createRoom', {}),
    await bob.call('PUT', `profile/${bob.userId}/displayname`, { displayname: 'x' }),
  ]
  assert.deepEqual(
    refused.map(({ status, body }) => [status, body.errcode]),
    refused.map(() => [403, 'M_USER_SUSPENDED']),
  )
  assert.equal((await bob.call('POST', `rooms/${own}/leave`, {})).status, 200)
  await restrict('suspend', false)
  assert.equal((await bob.call('POST', `join/${others}`, {})).status, 200)
})

test('only administrators restrict, nobody restricts administrators, and strangers are told apart', async (t) => {
  const { here, admin, bob } = await fixture(t)
  const other = await registerPerson(here.http, 'other')
  await setAdministrator(here.platform.db, other.userId, true)
  const gone = await registerPerson(here.http, 'gone')
  await here.services.identity.deactivateAccount(gone.userId, false)
  for (const [what, body] of [
    ['lock', { locked: true }],
    ['suspend', { suspended: true }],
  ] as const) {
    const put = async (who: Person, userId: string) => {
      const { status, body: answer } = await who.call(
        'PUT',
        `/_matrix/client/v1/admin/${what}/${userId}`,
        body,
      )
      return [status, answer.errcode]
    }
    const get = async (who: Person, userId: string) => {
      const { status, body: answer } = await who.call('GET', `/_matrix/client/v1/admin/${what}/${userId}`)
      return [status, answer.errcode]
    }
    for (const ask of [put, get]) {
      assert.deepEqual(await ask(bob, admin.userId), [403, 'M_FORBIDDEN'])
      assert.deepEqual(await ask(bob, '@nobody:dure.test'), [403, 'M_FORBIDDEN'])
      assert.deepEqual(await ask(admin, other.userId), [403, 'M_FORBIDDEN'])
      assert.deepEqual(await ask(admin, '@bob:elsewhere.test'), [400, 'M_INVALID_PARAM'])
      assert.deepEqual(await ask(admin, 'bob'), [400, 'M_INVALID_PARAM'])
      assert.deepEqual(await ask(admin, '@nobody:dure.test'), [404, 'M_NOT_FOUND'])
      assert.deepEqual(await ask(admin, gone.userId), [404, 'M_NOT_FOUND'])
    }
    assert.deepEqual(await put(admin, admin.userId), [403, 'M_FORBIDDEN'])
  }
})

test('administrators are told that they may restrict accounts, others are told nothing of it', async (t) => {
  const { admin, bob } = await fixture(t)
  const told = async (who: Person) =>
    (await who.call('GET', 'capabilities')).body.capabilities['m.account_moderation']
  assert.deepEqual(await told(admin), { suspend: true, lock: true })
  assert.equal(await told(bob), undefined)
})

test('whois tells where an account was last used, to its owner and to administrators', async (t) => {
  const { admin, bob, here } = await fixture(t)
  await here.services.identity.authenticate(bob.token, '192.0.2.7')
  const whois = (who: Person, whom: string) => who.call('GET', `admin/whois/${whom}`)
  for (const who of [admin, bob]) {
    const { body } = await whois(who, bob.userId)
    assert.equal(body.user_id, bob.userId)
    assert.deepEqual(Object.keys(body.devices), [bob.deviceId])
    assert(Array.isArray(body.devices[bob.deviceId].sessions[0].connections))
  }
  assert.deepEqual((await whois(bob, admin.userId)).status, 403)
  assert.deepEqual((await whois(admin, '@nobody:dure.test')).status, 404)
})
