import assert from 'node:assert/strict'
import { test } from 'node:test'
import { receiptsFixture } from '../testing.ts'

const alice = '@alice:dure.test'
const bob = '@bob:dure.test'
const mallory = '@mallory:dure.test'

test('a receipt is posted with a thread, without one, and without a body', async (t) => {
  const { post, receipts, room, say } = await receiptsFixture(t)
  const roomId = await room(alice, bob)
  const root = await say(roomId, alice)
  const reply = await say(roomId, alice, root)
  const path = (type: string, eventId: string) => `${roomId}/receipt/${type}/${encodeURIComponent(eventId)}`

  assert.deepEqual(await post(bob, path('m.read', root)), [200, undefined])
  assert.deepEqual(await post(bob, path('m.read', root), { thread_id: 'main' }), [200, undefined])
  assert.deepEqual(await post(bob, path('m.read', reply), { thread_id: root, other: 1 }), [200, undefined])
  assert.deepEqual(await post(bob, path('m.read.private', root), { thread_id: root }), [200, undefined])

  const own = (await receipts.ofUser(bob, [roomId])).get(roomId) ?? []
  assert.deepEqual(
    own.map(({ type, threadId, eventId }) => [type, threadId, eventId]).sort(),
    [
      ['m.read', root, reply],
      ['m.read', 'main', root],
      ['m.read', undefined, root],
      ['m.read.private', root, root],
    ].sort(),
  )
})

test('a thread that the event or the receipt does not fit is refused', async (t) => {
  const { post, receipts, room, say } = await receiptsFixture(t)
  const roomId = await room(alice, bob)
  const root = await say(roomId, alice)
  const reply = await say(roomId, alice, root)
  const plain = await say(roomId, alice)
  const path = (type: string, eventId: string) => `${roomId}/receipt/${type}/${encodeURIComponent(eventId)}`
  const invalid = [400, 'M_INVALID_PARAM']

  for (const thread_id of ['', 5, null, ['main'], {}])
    assert.deepEqual(
      await post(bob, path('m.read', plain), { thread_id }),
      invalid,
      JSON.stringify(thread_id),
    )
  assert.deepEqual(await post(bob, path('m.fully_read', plain), { thread_id: 'main' }), invalid)
  assert.deepEqual(await post(bob, path('m.read', reply), { thread_id: 'main' }), invalid)
  assert.deepEqual(await post(bob, path('m.read', plain), { thread_id: root }), invalid)
  assert.deepEqual(await post(bob, path('m.read', plain), { thread_id: '$nothing' }), invalid)
  assert.deepEqual(await post(bob, path('m.seen', plain)), invalid)
  assert.deepEqual(await post(bob, path('m.read', plain), []), [400, 'M_BAD_JSON'])
  assert.deepEqual(await receipts.ofUser(bob, [roomId]), new Map())
})

test('only people in the room mark what is in the room', async (t) => {
  const { post, room, say } = await receiptsFixture(t)
  const roomId = await room(alice, bob)
  const elsewhere = await room(mallory)
  const [here, there] = [await say(roomId, alice), await say(elsewhere, mallory)]
  const receipt = (room: string, eventId: string) => `${room}/receipt/m.read/${encodeURIComponent(eventId)}`

  assert.deepEqual(await post(mallory, receipt(roomId, here)), [403, 'M_FORBIDDEN'])
  assert.deepEqual(await post(mallory, `${roomId}/read_markers`, { 'm.read': here }), [403, 'M_FORBIDDEN'])
  assert.deepEqual(await post(bob, receipt('!nothing:dure.test', here)), [403, 'M_FORBIDDEN'])
  assert.deepEqual(await post(bob, receipt(roomId, there)), [404, 'M_NOT_FOUND'])
  assert.deepEqual(await post(bob, receipt(roomId, '$nothing')), [404, 'M_NOT_FOUND'])
  assert.deepEqual(await post(bob, receipt(roomId, '$a\0b')), [404, 'M_NOT_FOUND'])
  assert.deepEqual(await post(bob, receipt('!a%00b', here)), [403, 'M_FORBIDDEN'])
})

test('read markers set any of the three, all or none', async (t) => {
  const { post, receipts, accountData, room, say } = await receiptsFixture(t)
  const roomId = await room(alice, bob)
  const [first, second] = [await say(roomId, alice), await say(roomId, alice)]
  const markers = (body: object) => post(bob, `${roomId}/read_markers`, body)
  const fullyRead = () => accountData.get(bob, roomId, 'm.fully_read')

  assert.deepEqual(await markers({}), [200, undefined])
  assert.equal(await fullyRead(), undefined)
  assert.deepEqual(await markers({ 'm.fully_read': first, 'm.read': '$nothing' }), [404, 'M_NOT_FOUND'])
  assert.equal(await fullyRead(), undefined)
  assert.deepEqual(await markers({ 'm.fully_read': 5 }), [400, 'M_BAD_JSON'])

  const all = { 'm.fully_read': first, 'm.read': second, 'm.read.private': second }
  assert.deepEqual(await markers(all), [200, undefined])
  assert.deepEqual(await fullyRead(), { event_id: first })
  const own = (await receipts.ofUser(bob, [roomId])).get(roomId) ?? []
  assert.deepEqual(own.map(({ type, eventId }) => [type, eventId]).sort(), [
    ['m.read', second],
    ['m.read.private', second],
  ])
})

test('the fully read marker moves forward only, by either endpoint', async (t) => {
  const { post, accountData, caughtUp, room, say } = await receiptsFixture(t)
  const roomId = await room(alice, bob)
  const [first, second] = [await say(roomId, alice), await say(roomId, alice)]
  const set = (eventId: string) =>
    post(bob, `${roomId}/receipt/m.fully_read/${encodeURIComponent(eventId)}`, {})
  const fullyRead = () => accountData.get(bob, roomId, 'm.fully_read')

  assert.deepEqual(await set(first), [200, undefined])
  assert.deepEqual(await set(second), [200, undefined])
  assert.deepEqual(await fullyRead(), { event_id: second })
  const before = await caughtUp()
  assert.deepEqual(await set(first), [200, undefined])
  assert.deepEqual(await set(second), [200, undefined])
  assert.deepEqual(await fullyRead(), { event_id: second })
  assert.equal(await caughtUp(), before)
})
