import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { type Clock, systemClock } from '../../../platform/clock.ts'
import { testApp } from '../../../platform/testing/app.ts'
import { createTestClock } from '../../../platform/testing/clock.ts'
import { registerPerson, request } from '../../identity/testing.ts'
import { createCallService, ServiceSilent } from '../connections/call-service.ts'
import { createQueries } from '../connections/queries.ts'
import { readRegistrations } from '../registrations/read-registrations.ts'
import { connected, type TestBridge, testBridge } from '../testing.ts'

test('a room that only a service knows is made when somebody asks for its alias', async (t) => {
  // Standing still, so that what a service did not know stays remembered.
  const { bridge, as, alice } = await fixture(t, [], createTestClock())
  bridge.answer(async ({ path }) => {
    if (path !== '/_matrix/app/v1/rooms/#_irc_lobby:dure.test') return { status: 404 }
    // Many look first whether it is there: they are not asked in turn.
    const before = await as('GET', `directory/room/${encodeURIComponent('#_irc_lobby:dure.test')}`)
    assert.equal(before.status, 404)
    await as('POST', 'createRoom', { preset: 'public_chat', room_alias_name: '_irc_lobby' })
    return { status: 200 }
  })
  const found = await alice.call('GET', `directory/room/${encodeURIComponent('#_irc_lobby:dure.test')}`)
  assert.equal(found.status, 200)
  const joined = await alice.call('POST', `join/${encodeURIComponent('#_irc_lobby:dure.test')}`, {})
  assert.equal(joined.body.room_id, found.body.room_id)

  const countAsked = () =>
    bridge.requests.filter(({ path }) => path.startsWith('/_matrix/app/v1/rooms/')).length
  const asked = countAsked()
  const unknown = encodeURIComponent('#_irc_nothing:dure.test')
  for (const _ of [1, 2]) assert.equal((await alice.call('GET', `directory/room/${unknown}`)).status, 404)
  assert.equal(countAsked(), asked + 1, 'what a service does not know it is not asked again at once')
  const stranger = encodeURIComponent('#other:dure.test')
  assert.equal((await alice.call('GET', `directory/room/${stranger}`)).status, 404)
  assert.equal(countAsked(), asked + 1)
})

test('a person that only a service knows is made when somebody looks at them or invites them', async (t) => {
  const { bridge, as, alice } = await fixture(t)
  bridge.answer(async ({ path }) => {
    const name = /^\/_matrix\/app\/v1\/users\/@(?<name>_irc_[ab]\w+):dure\.test$/.exec(path)?.groups?.['name']
    if (!name) return { status: 404 }
    await as('POST', 'register', { type: 'm.login.application_service', username: name })
    return { status: 200 }
  })
  const profile = await alice.call('GET', 'profile/@_irc_ann:dure.test')
  assert.deepEqual(profile.body, { displayname: '_irc_ann' })
  const { room_id: roomId } = (await alice.call('POST', 'createRoom', {})).body
  const invited = await alice.call('POST', `rooms/${roomId}/invite`, { user_id: '@_irc_bob:dure.test' })
  assert.equal(invited.status, 200)
  const path = `rooms/${roomId}/state/m.room.member/@_irc_bob:dure.test`
  assert.equal((await alice.call('GET', path)).body.displayname, '_irc_bob')
  assert.equal((await alice.call('GET', 'profile/@_irc_zoe:dure.test')).status, 404)
})

test('a service that stays silent is asked several times before the person is told so', async (t) => {
  const bridge = await testBridge(t)
  const clock = createTestClock()
  const [registration] = readRegistrations([bridge.registration])
  assert(registration)
  let tries = 0
  bridge.answer(() => {
    tries++
    return { status: 503 }
  })
  const queries = createQueries({ clock, call: createCallService({ clock }) })
  const asked = assert.rejects(queries.ask('rooms', { service: registration, name: '#_irc_a:dure.test' }), {
    code: 'application-services.no_answer',
    status: 408,
  })
  for (let expected = 1; expected < 3; expected++) {
    await bridge.until(() => tries === expected)
    // The answer has to arrive before the pause begins.
    while (tries === expected) await clock.advance(500)
  }
  await asked
  assert.equal(tries, 3)
})

test('an answer that does not come is given up in time, and an endless one by its size', async (t) => {
  const bridge = await testBridge(t)
  const clock = createTestClock()
  const call = createCallService({ clock })
  const [service] = readRegistrations([bridge.registration])
  assert(service)
  const request = { method: 'GET', path: '/users/x', timeoutMs: 1_000 } as const
  const arrived = Promise.withResolvers<void>()
  bridge.answer(() => {
    arrived.resolve()
    return new Promise(() => undefined)
  })
  const waiting = assert.rejects(
    call(service, request),
    (error) => error instanceof ServiceSilent && error.timedOut,
  )
  await arrived.promise
  await clock.advance(1_000)
  await waiting
  bridge.answer(() => ({ status: 200, body: 'x'.repeat(2 * 1024 * 1024) }))
  await assert.rejects(call(service, request), (error) => error instanceof ServiceSilent && !error.timedOut)
})

test('a ping goes to the service and back, and says what went wrong', async (t) => {
  const quiet = await testBridge(t, { id: 'quiet', url: null })
  const gone = await testBridge(t, { id: 'gone', url: 'http://127.0.0.1:9' })
  const { bridge, as, alice, http } = await fixture(t, [quiet, gone])
  const path = (id: string) => `/_matrix/client/v1/appservice/${id}/ping`
  const codeOf = async (token: string, id: string) => {
    const { status, body } = await request(http, 'POST', path(id), {
      token,
      body: { transaction_id: 'meow' },
    })
    return [status, body.errcode]
  }
  const fine = await as('POST', path('irc'), { transaction_id: 'meow' })
  assert.equal(fine.status, 200)
  assert.equal(typeof fine.body.duration_ms, 'number')
  const heard = await bridge.until((received) => received.path === '/_matrix/app/v1/ping')
  assert.deepEqual(JSON.parse(heard.text), { transaction_id: 'meow' })

  bridge.answer(() => ({ status: 403, body: { errcode: 'M_FORBIDDEN' } }))
  const refused = await as('POST', path('irc'), {})
  assert.equal(refused.status, 502)
  assert.equal(refused.body.errcode, 'M_BAD_STATUS')
  assert.equal(refused.body.status, 403)
  assert.equal(refused.body.body, '{"errcode":"M_FORBIDDEN"}')
  assert.deepEqual(await codeOf(bridge.token, 'quiet'), [403, 'M_FORBIDDEN'])
  assert.deepEqual(await codeOf(alice.token, 'irc'), [403, 'M_FORBIDDEN'])
  assert.deepEqual(await codeOf(quiet.token, 'quiet'), [400, 'M_URL_NOT_SET'])
  assert.deepEqual(await codeOf(gone.token, 'gone'), [502, 'M_CONNECTION_FAILED'])
})

test('networks, their places and their people are looked up at the services that speak of them', async (t) => {
  const { bridge, alice } = await fixture(t)
  bridge.answer(({ path, query }) => {
    switch (path) {
      case '/_matrix/app/v1/thirdparty/protocol/irc':
        return {
          status: 200,
          body: {
            user_fields: ['nick'],
            location_fields: ['channel'],
            icon: 'mxc://dure.test/icon',
            field_types: {},
            instances: [{ network_id: 'libera', desc: 'Libera', fields: {} }],
          },
        }
      case '/_matrix/app/v1/thirdparty/location/irc':
        return {
          status: 200,
          body:
            query.get('channel') === '#dure'
              ? [{ alias: '#_irc_dure:dure.test', protocol: 'irc', fields: { channel: '#dure' } }]
              : [],
        }
      case '/_matrix/app/v1/thirdparty/user':
        return { status: 200, body: [{ userid: query.get('userid'), protocol: 'irc', fields: {} }, 'odd'] }
      default:
        return { status: 404 }
    }
  })
  const { body: protocols } = await alice.call('GET', 'thirdparty/protocols')
  assert.deepEqual(Object.keys(protocols), ['irc'])
  assert.equal(protocols.irc.instances[0].instance_id, 'irc|libera')
  assert.deepEqual((await alice.call('GET', 'thirdparty/protocol/irc')).body, protocols.irc)
  assert.equal((await alice.call('GET', 'thirdparty/protocol/smoke-signals')).status, 404)

  const channel = encodeURIComponent('#dure')
  const places = await alice.call('GET', `thirdparty/location/irc?channel=${channel}`)
  assert.equal(places.body[0].alias, '#_irc_dure:dure.test')
  assert.equal((await alice.call('GET', 'thirdparty/location/irc?channel=none')).status, 404)
  const people = await alice.call('GET', 'thirdparty/user?userid=@_irc_ann:dure.test')
  assert.deepEqual(people.body, [{ userid: '@_irc_ann:dure.test', protocol: 'irc', fields: {} }])
  assert.equal((await alice.call('GET', `thirdparty/user/irc?nick=${'x'.repeat(3000)}`)).status, 400)
})

test('a service lists rooms in the directory of its network, where only those who ask for it find them', async (t) => {
  const { as, alice } = await fixture(t)
  const { room_id: roomId } = (await as('POST', 'createRoom', { preset: 'public_chat', name: 'Bridged' }))
    .body
  const list = `directory/list/appservice/libera/${roomId}`
  const found = async (body: object) => {
    const { chunk } = (await alice.call('POST', 'publicRooms', body)).body
    return chunk.map((entry: { room_id: string }) => entry.room_id)
  }
  assert.equal((await alice.call('PUT', list, { visibility: 'public' })).status, 403)
  assert.equal((await as('PUT', list, { visibility: 'public' })).status, 200)
  assert.deepEqual(await found({}), [])
  assert.deepEqual(await found({ third_party_instance_id: 'irc|libera' }), [roomId])
  assert.deepEqual(await found({ third_party_instance_id: 'irc|other' }), [])
  assert.deepEqual(await found({ include_all_networks: true }), [roomId])
  const visibility = async () => (await alice.call('GET', `directory/list/room/${roomId}`)).body.visibility
  assert.equal(await visibility(), 'private')

  await as('PUT', `directory/list/room/${roomId}`, { visibility: 'public' })
  assert.deepEqual(await found({}), [roomId])
  await as('PUT', list, { visibility: 'private' })
  assert.deepEqual(await found({ third_party_instance_id: 'irc|libera' }), [])
  assert.deepEqual(await found({}), [roomId])
  await as('PUT', `directory/list/room/${roomId}`, { visibility: 'private' })
  assert.deepEqual(await found({ include_all_networks: true }), [])
  assert.equal(
    (await as('PUT', 'directory/list/appservice/libera/!none', { visibility: 'public' })).status,
    404,
  )
})

test('aliases of a service are made and removed by it alone', async (t) => {
  const { as, alice } = await fixture(t)
  const { room_id: roomId } = (await alice.call('POST', 'createRoom', { preset: 'public_chat' })).body
  const path = (alias: string) => `directory/room/${encodeURIComponent(`#${alias}:dure.test`)}`
  const codeOf = ({ status, body }: { status: number; body: { errcode?: string } }) => [status, body.errcode]
  const taken = [400, 'M_EXCLUSIVE']
  assert.deepEqual(codeOf(await alice.call('PUT', path('_irc_a'), { room_id: roomId })), taken)
  assert.deepEqual(codeOf(await alice.call('POST', 'createRoom', { room_alias_name: '_irc_a' })), taken)
  await as('POST', `join/${roomId}`, {})
  assert.deepEqual(codeOf(await as('PUT', path('elsewhere'), { room_id: roomId })), taken)
  assert.equal((await as('PUT', path('_irc_a'), { room_id: roomId })).status, 200)
  assert.deepEqual(codeOf(await alice.call('DELETE', path('_irc_a'))), taken)
  assert.equal((await as('DELETE', path('_irc_a'))).status, 200)
})

async function fixture(t: TestContext, others: readonly TestBridge[] = [], clock: Clock = systemClock) {
  const bridge = await testBridge(t, { protocols: ['irc'] })
  const { http } = await testApp(t, { clock, environment: connected(bridge, ...others) })
  const as = (method: 'GET' | 'PUT' | 'POST' | 'DELETE', path: string, body?: unknown) =>
    request(http, method, path, { token: bridge.token, ...(body === undefined ? {} : { body }) })
  return { bridge, http, as, alice: await registerPerson(http, 'alice') }
}
