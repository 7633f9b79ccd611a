import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { systemClock } from '../../../platform/clock.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { JsonObject } from '../../../platform/json.ts'
import { alice, bob, carol, pushFixture } from '../testing.ts'
import { browserSubscription, pushService, type Received, vapidClaims } from './testing.ts'

const appId = 'org.dure.web'

/** Bob has a browser whose push service is on a socket of its own, and shares a room with Alice and Carol. */
async function withBrowser(t: TestContext, given: { sending?: boolean } = {}) {
  const fixture = await pushFixture(t, { sending: true, ...given })
  const service = await pushService(t)
  const browser = browserSubscription()
  const [node] = fixture.nodes
  const roomId = await fixture.room([alice, bob, carol])
  const pusher = {
    app_id: appId,
    pushkey: browser.keys.p256dh,
    kind: 'org.matrix.msc4174.webpush',
    app_display_name: 'Dure',
    device_display_name: 'Browser',
    lang: 'ko',
    data: {
      url: `${service.url}/push/bob`,
      auth: browser.keys.auth,
      format: 'event_id_only',
      default_payload: { user_id: bob },
    },
  }
  const read = ({ body }: Received): JsonObject => JSON.parse(browser.decrypt(body).toString())
  const acknowledge = (token: unknown) =>
    node.request(bob, 'POST', '/pushers/ack', { app_id: appId, ack_token: token })
  const shown = async () => (await node.request(bob, 'GET', '/pushers')).body['pushers'] as JsonObject[]
  return {
    ...fixture,
    readUpTo: fixture.read,
    node,
    service,
    roomId,
    pusher,
    read,
    shown,
    acknowledge,
    set: (changes: object = {}) =>
      node.request(bob, 'POST', '/pushers/set', { ...pusher, ...changes, append: true }),
    /** Sets the pusher and acknowledges what arrives. */
    async activate() {
      assert.equal((await node.request(bob, 'POST', '/pushers/set', pusher)).status, 201)
      const { ack_token } = read(await service.next())
      assert.equal((await acknowledge(ack_token)).status, 200)
    },
  }
}

test('a browser gets the place of an event and the count, encrypted, from a server that says who it is', async (t) => {
  const { activate, service, say, roomId, read, node, send } = await withBrowser(t)
  await activate()
  const { eventId } = await say(roomId, alice, 'something secret')

  const received = await service.next()

  assert.deepEqual(read(received), {
    user_id: bob,
    event_id: eventId,
    room_id: roomId,
    prio: 'low',
    unread: 1,
  })
  const { path, headers } = received
  assert.equal(path, '/push/bob')
  assert.equal(headers['content-encoding'], 'aes128gcm')
  assert.deepEqual([headers['ttl'], headers['urgency']], ['86400', 'normal'])
  const { claims, key } = vapidClaims(headers['authorization'] ?? '')
  assert.equal(key, node.push.webPushKey)
  assert.deepEqual([claims['aud'], claims['sub']], [service.url, 'mailto:operator@dure.test'])
  const lifetimeSeconds = Number(claims['exp']) - systemClock.now() / 1000
  assert.ok(lifetimeSeconds > 0 && lifetimeSeconds <= 24 * 3600)

  await send(roomId, alice, { type: 'm.room.encrypted', content: { algorithm: 'm.megolm.v1.aes-sha2' } })
  const urgent = await service.next()
  assert.deepEqual(
    [urgent.headers['urgency'], read(urgent)['prio'], read(urgent)['unread']],
    ['high', 'high', 2],
  )
})

test('until its client has shown that messages arrive, a browser gets nothing but the question', async (t) => {
  const { set, service, say, roomId, read, acknowledge, shown } = await withBrowser(t)
  assert.equal((await set()).status, 201)
  const first = read(await service.next())
  assert.deepEqual(first['app_id'], appId)
  await say(roomId, alice, 'too early')
  assert.deepEqual(
    (await shown()).map(({ data }) => (data as JsonObject)['activated']),
    [false],
  )

  // Set again, as a client does that was closed in between: the earlier question is no more.
  assert.equal((await set()).status, 201)
  const second = read(await service.next())
  assert.deepEqual(
    [await acknowledge(first['ack_token']), await acknowledge('x')].map(({ status, body }) => [
      status,
      body['errcode'],
    ]),
    [
      [400, 'M_UNKNOWN_ACTIVATION_TOKEN'],
      [400, 'M_UNKNOWN_ACTIVATION_TOKEN'],
    ],
  )
  for (let i = 0; i < 2; i++) assert.equal((await acknowledge(second['ack_token'])).status, 200)
  assert.deepEqual(
    (await shown()).map(({ data }) => (data as JsonObject)['activated']),
    [true],
  )

  // What came too early is counted, and not sent.
  const { eventId } = await say(roomId, alice, 'in time')
  const { event_id, unread } = read(await service.next())
  assert.deepEqual([event_id, unread], [eventId, 2])
})

test('setting the same pusher again asks no question, another address or key does', async (t) => {
  const { set, activate, service, read, pusher, say, roomId } = await withBrowser(t)
  await activate()

  assert.equal((await set({ lang: 'id' })).status, 200)
  const { eventId } = await say(roomId, alice, 'hello')
  assert.equal(read(await service.next())['event_id'], eventId)

  const moved = { ...pusher.data, url: `${service.url}/push/elsewhere` }
  assert.equal((await set({ data: moved })).status, 201)
  const asked = await service.next()
  assert.deepEqual([asked.path, typeof read(asked)['ack_token']], ['/push/elsewhere', 'string'])
})

test('an answer to the question that comes too late is refused', async (t) => {
  const { set, service, read, acknowledge, db, node } = await withBrowser(t)
  assert.deepEqual((await acknowledge('x')).status, 404)
  await set()
  const { ack_token } = read(await service.next())
  await db.run(sql`update push.pusher set ack_expires_at_ms = ${systemClock.now()}`)

  const { status, body } = await acknowledge(ack_token)

  assert.deepEqual([status, body['errcode']], [410, 'M_EXPIRED_ACTIVATION_TOKEN'])
  const asAlice = await node.request(alice, 'POST', '/pushers/ack', { app_id: appId, ack_token })
  assert.deepEqual([asAlice.status, asAlice.body['errcode']], [404, 'M_NOT_FOUND'])
})

for (const status of [404, 410, 403])
  test(`a subscription of which the push service says ${status} is a pusher no more`, async (t) => {
    const { activate, service, say, roomId, shown } = await withBrowser(t)
    await activate()
    service.status = status
    await say(roomId, alice, 'hello')
    await service.next()
    while ((await shown()).length > 0) await new Promise(setImmediate)
  })

test('a push service that is in trouble is tried again', async (t) => {
  const { activate, service, say, roomId, read } = await withBrowser(t)
  await activate()
  service.status = 503
  const { eventId } = await say(roomId, alice, 'hello')
  await service.next()
  service.status = 201
  assert.equal(read(await service.next())['event_id'], eventId)
})

test('a count alone is not sent to browsers', async (t) => {
  const { activate, service, say, roomId, read, readUpTo } = await withBrowser(t)
  await activate()
  const first = await say(roomId, alice, 'one')
  await service.next()
  await readUpTo(bob, roomId, first)
  const { eventId } = await say(roomId, alice, 'two')
  const { event_id, unread } = read(await service.next())
  assert.deepEqual([event_id, unread], [eventId, 1])
})

test('all nodes have one key, also when they start at the same moment', async (t) => {
  const { nodes, addNode } = await pushFixture(t)
  const others = await Promise.all([addNode(), addNode(), addNode()])
  for (const { push } of others) assert.equal(push.webPushKey, nodes[0].push.webPushKey)
  assert.equal(Buffer.from(nodes[0].push.webPushKey, 'base64url').length, 65)
})

test('a subscription that is none is refused, and says why', async (t) => {
  const { set, pusher } = await withBrowser(t, { sending: false })
  const { auth: _, ...withoutAuth } = pusher.data
  const { url: __, ...withoutUrl } = pusher.data
  const data = (changes: object) => ({ data: { ...pusher.data, ...changes } })
  for (const [changes, errcode] of [
    [{ pushkey: 'no key' }, 'M_INVALID_PARAM'],
    [{ pushkey: pusher.pushkey.slice(1) }, 'M_INVALID_PARAM'],
    [{ data: withoutAuth }, 'M_MISSING_PARAM'],
    [{ data: withoutUrl }, 'M_MISSING_PARAM'],
    [data({ auth: 'c2hvcnQ' }), 'M_INVALID_PARAM'],
    [data({ auth: '????????????????' }), 'M_INVALID_PARAM'],
    [data({ url: 'no url' }), 'M_INVALID_PARAM'],
    [data({ url: 'http://8.8.8.8/push' }), 'M_INVALID_PARAM'],
    [data({ url: 'https://127.0.0.2/push' }), 'M_INVALID_PARAM'],
    [data({ default_payload: 'text' }), 'M_INVALID_PARAM'],
    [data({ default_payload: { more: 'x'.repeat(2048) } }), 'M_INVALID_PARAM'],
  ] as const) {
    const { status, body } = await set(changes)
    assert.deepEqual([status, body['errcode']], [400, errcode], JSON.stringify(changes))
  }
  assert.equal((await set({ kind: 'webpush', ...data({ activated: true }) })).status, 201)
})
