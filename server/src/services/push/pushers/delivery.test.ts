import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { systemClock } from '../../../platform/clock.ts'
import { sql } from '../../../platform/db/sql.ts'
import { member, message } from '../../rooms/testing.ts'
import { alice, bob, carol, type PushFixture, type PushNode, pushFixture } from '../testing.ts'
import type { Pusher } from './pusher.ts'
import { type GatewayPeer, gatewayPeer, phone } from './testing.ts'

type Given = Partial<Pusher> & { format?: string }

/** Bob has a phone, and shares a room with Alice. */
async function withPhone(
  t: TestContext,
  given: Given = {},
): Promise<PushFixture & { node: PushNode; gateway: GatewayPeer; roomId: string; db: PushFixture['db'] }> {
  const fixture = await pushFixture(t, { sending: true })
  const gateway = await gatewayPeer(t)
  const roomId = await fixture.room([alice, bob, carol])
  const [node] = fixture.nodes
  await register(node, bob, phone(gateway.url, given))
  return { ...fixture, node, gateway, roomId }
}

async function register(node: PushNode, userId: string, pusher: Pusher, append = false): Promise<void> {
  await node.push.pushers.set({ owner: { userId, deviceId: 'PHONE' }, pusher, append })
}

const eventIdOf = (notification: Record<string, unknown>) => notification['event_id']
const bodies = (notifications: Record<string, unknown>[]) =>
  notifications.map((notification) => (notification['content'] as { body: string } | undefined)?.body)

test('a message goes to the gateway with all that the specification asks for', async (t) => {
  const { gateway, roomId, say, send } = await withPhone(t)
  await send(roomId, alice, { type: 'm.room.name', stateKey: '', content: { name: '두레' } })
  const { eventId } = await say(roomId, alice, 'hello bob', { 'm.mentions': { user_ids: [bob] } })

  const { devices, ...notification } = await gateway.next()

  assert.deepEqual(notification, {
    event_id: eventId,
    room_id: roomId,
    type: 'm.room.message',
    sender: alice,
    room_name: '두레',
    content: { msgtype: 'm.text', body: 'hello bob', 'm.mentions': { user_ids: [bob] } },
    prio: 'high',
    counts: { unread: 1 },
  })
  const [device] = devices as Record<string, unknown>[]
  assert.equal(typeof device?.['pushkey_ts'], 'number')
  assert.ok((device?.['pushkey_ts'] as number) < 10_000_000_000, 'in seconds')
  assert.deepEqual(
    { ...device, pushkey_ts: 0 },
    {
      app_id: 'org.dure.phone',
      pushkey: 'key',
      pushkey_ts: 0,
      data: {},
      tweaks: { sound: 'default', highlight: true },
    },
  )
})

test('a pusher that wants event ids alone gets no content', async (t) => {
  const { gateway, roomId, say } = await withPhone(t, { format: 'event_id_only' })
  const { eventId } = await say(roomId, alice, 'secret')

  const { devices, ...notification } = await gateway.next()

  assert.deepEqual(notification, { event_id: eventId, room_id: roomId, prio: 'low', counts: { unread: 1 } })
  assert.deepEqual((devices as Record<string, unknown>[])[0]?.['data'], { format: 'event_id_only' })
})

test('notifications come in order, each once, and count up', async (t) => {
  const { gateway, roomId, say } = await withPhone(t)
  const sent: string[] = []
  for (let i = 0; i < 12; i++) sent.push((await say(roomId, i % 2 ? alice : carol, `message ${i}`)).eventId)

  const received: unknown[] = []
  for (let i = 0; i < 12; i++) received.push(eventIdOf(await gateway.next()))
  const { eventId } = await say(roomId, alice, 'last')
  const last = await gateway.next()

  assert.deepEqual(received, sent)
  assert.equal(eventIdOf(last), eventId)
  assert.deepEqual(last['counts'], { unread: 13 })
})

test('what does not notify is not sent: own, ignored and silenced messages', async (t) => {
  const { gateway, roomId, say, ignore, send, node } = await withPhone(t)
  await ignore(bob, carol)
  await node.request(bob, 'PUT', `/global/content/noise`, { pattern: 'noise', actions: [] })
  await say(roomId, carol, 'from somebody ignored')
  await send(roomId, alice, message('noise', { msgtype: 'm.notice' }))
  await say(roomId, alice, 'noise')
  const { eventId } = await say(roomId, alice, 'heard')
  assert.equal(eventIdOf(await gateway.next()), eventId)

  // What Bob says reads the room: the count goes, and nothing else is told.
  await say(roomId, bob, 'from myself')
  const { devices: _, ...badge } = await gateway.next()
  assert.deepEqual(badge, { prio: 'low', counts: {} })
})

test('an invitation is sent, with whom it concerns', async (t) => {
  const { gateway, room, send } = await withPhone(t)
  const roomId = await room([alice])
  const { eventId } = await send(roomId, alice, member(bob, 'invite'))

  const notification = await gateway.next()

  assert.equal(eventIdOf(notification), eventId)
  assert.equal(notification['user_is_target'], true)
  assert.equal(notification['type'], 'm.room.member')
})

test('reading elsewhere tells the phone the new count', async (t) => {
  const { gateway, roomId, say, read } = await withPhone(t)
  const first = await say(roomId, alice, 'one')
  await say(roomId, alice, 'two')
  await gateway.next()
  await gateway.next()

  await read(bob, roomId, first)

  const { devices: _, ...notification } = await gateway.next()
  assert.deepEqual(notification, { prio: 'low', counts: { unread: 1 } })
})

test('a gateway that fails is tried again, and gets what is unread by then', async (t) => {
  const { gateway, roomId, say, read, db } = await withPhone(t)
  gateway.answer = { status: 502 }
  const first = await say(roomId, alice, 'one')
  await gateway.next()
  await say(roomId, alice, 'two')
  const third = await say(roomId, alice, 'three')
  await read(bob, roomId, first)
  gateway.answer = { status: 200, body: '{}' }

  // Tries that were made before the gateway was well again may have come.
  const received: Record<string, unknown>[] = []
  while (received.at(-1)?.['event_id'] !== third.eventId) received.push(await gateway.next())

  assert.deepEqual(
    bodies(received)
      .filter((body, index, all) => all.indexOf(body) === index)
      .slice(-2),
    ['two', 'three'],
  )
  assert.deepEqual(received.at(-1)?.['counts'], { unread: 2 })
  const [row] = await db.rows<{ attempts: number }>(
    sql`select attempts from push.pusher where due_at_ms is null`,
  )
  assert.ok(row === undefined || row.attempts === 0)
})

test('after an outage the newest twenty are sent, with the count of all', async (t) => {
  const { gateway, roomId, say, sayMany } = await withPhone(t)
  gateway.answer = { status: 503 }
  await say(roomId, alice, 'first')
  await gateway.next()
  const sent = await sayMany(roomId, alice, 50)
  gateway.answer = { status: 200, body: '{"rejected":[]}' }

  const received: Record<string, unknown>[] = []
  while (received.at(-1)?.['event_id'] !== sent.at(-1)?.eventId) received.push(await gateway.next())

  assert.deepEqual(received.at(-1)?.['counts'], { unread: 51 })
  assert.deepEqual(
    received.slice(-20).map(eventIdOf),
    sent.slice(-20).map(({ eventId }) => eventId),
  )
})

test('a pushkey that the gateway rejects is a pusher no more', async (t) => {
  const { gateway, roomId, say, node } = await withPhone(t)
  await register(node, bob, phone(gateway.url, { pushkey: 'other' }))
  gateway.answer = { status: 200, body: '{"rejected":["key"]}' }
  await say(roomId, alice, 'hello')
  await gateway.next()
  await gateway.next()
  await say(roomId, alice, 'again')
  const { devices } = await gateway.next()

  assert.equal((devices as Record<string, unknown>[])[0]?.['pushkey'], 'other')
  assert.deepEqual(
    (await node.push.pushers.of(bob)).map(({ pushkey }) => pushkey),
    ['other'],
  )
})

test('a gateway that keeps everybody waiting keeps no other gateway from its own', async (t) => {
  const { gateway, roomId, say, node } = await withPhone(t)
  const slow = await gatewayPeer(t)
  slow.answer = undefined
  for (let i = 0; i < 100; i++) await register(node, carol, phone(slow.url, { pushkey: `slow ${i}` }))
  await say(roomId, alice, 'to all')
  for (let i = 0; i < 16; i++) await slow.next()

  assert.deepEqual(bodies([await gateway.next()]), ['to all'])
  const { eventId } = await say(roomId, alice, 'once more')
  assert.equal(eventIdOf(await gateway.next()), eventId)
  assert.equal(slow.untaken.length, 0, 'no more than its share was begun')
})

test('what a node had in hand when it died is sent by another', async (t) => {
  const { gateway, roomId, say, node, addNode } = await withPhone(t)
  gateway.answer = undefined
  const { eventId } = await say(roomId, alice, 'hello')
  assert.equal(eventIdOf(await gateway.next()), eventId)

  // The first node still waits for an answer when the second finds that its lease is over.
  gateway.answer = { status: 200, body: '{}' }
  const later = { ...systemClock, now: () => systemClock.now() + 120_000 }
  const second = await addNode({ clock: later })
  assert.equal(eventIdOf(await gateway.next()), eventId)
  await node.push.close()

  const after = await say(roomId, alice, 'after')
  assert.equal(eventIdOf(await gateway.next()), after.eventId)
  assert.equal((await second.push.pushers.of(bob)).length, 1)
})

test('a node that ends gives back what it had in hand at once', async (t) => {
  const { gateway, roomId, say, node, addNode } = await withPhone(t)
  gateway.answer = undefined
  const { eventId } = await say(roomId, alice, 'hello')
  await gateway.next()
  await addNode()
  gateway.answer = { status: 200, body: '{}' }

  await node.push.close()

  assert.equal(eventIdOf(await gateway.next()), eventId)
})
