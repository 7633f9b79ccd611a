import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Receipt } from './api.ts'
import { receiptsFixture } from './testing.ts'

const alice = '@alice:dure.test'
const bob = '@bob:dure.test'
const carol = '@carol:dure.test'

const short = (receipts: Receipt[] | undefined) =>
  (receipts ?? []).map(({ userId, type, threadId, eventId }) => [userId, type, threadId ?? 'all', eventId])

test('a receipt made at one node is shown at another, to everybody in the room', async (t) => {
  const { nodes, room, say, caughtUp } = await receiptsFixture(t, { nodes: 2 })
  const [here, there] = nodes
  assert(here && there)
  const roomId = await room(alice, bob)
  const eventId = await say(roomId, alice)
  const before = await caughtUp()

  await here.receipts.markRead({ userId: bob, roomId }, [{ type: 'm.read', eventId }])

  const after = await there.caughtUp()
  for (const viewer of [alice, bob]) {
    const changes = await there.receipts.changes(viewer, [roomId, '!other:dure.test'], before, after)
    assert.deepEqual([...changes.keys()], [roomId])
    assert.deepEqual(short(changes.get(roomId)), [[bob, 'm.read', 'all', eventId]])
  }
  assert.deepEqual(await there.receipts.changes(alice, [roomId], after, after), new Map())
  assert.deepEqual(await there.receipts.changes(alice, ['!other:dure.test'], before, after), new Map())
})

test('a private receipt is shown to nobody but its reader, from memory or from disk', async (t) => {
  const { receipts, room, say, caughtUp } = await receiptsFixture(t)
  const roomId = await room(alice, bob)
  const eventId = await say(roomId, alice)
  const before = await caughtUp()
  await receipts.markRead({ userId: bob, roomId }, [{ type: 'm.read.private', eventId }])
  const after = await caughtUp()
  for (const from of [0, before]) {
    assert.deepEqual(await receipts.changes(alice, [roomId], from, after), new Map())
    const own = await receipts.changes(bob, [roomId], from, after)
    assert.deepEqual(short(own.get(roomId)), [[bob, 'm.read.private', 'all', eventId]])
  }
})

test('a receipt moves forward only, for each kind and thread by itself', async (t) => {
  const { receipts, room, say, caughtUp } = await receiptsFixture(t)
  const roomId = await room(alice, bob)
  const [first, second] = [await say(roomId, alice), await say(roomId, alice)]
  const mark = (type: 'm.read' | 'm.read.private', eventId: string, threadId?: string) =>
    receipts.markRead({ userId: bob, roomId }, [{ type, eventId, threadId }])
  await mark('m.read', second)
  const before = await caughtUp()

  await mark('m.read', first)
  await mark('m.read', second)
  assert.equal(await caughtUp(), before, 'what does not move makes nobody look')

  await mark('m.read.private', first)
  await mark('m.read', first, 'main')
  const all = await receipts.changes(bob, [roomId], 0, await caughtUp())
  assert.deepEqual(short(all.get(roomId)).sort(), [
    [bob, 'm.read', 'all', second],
    [bob, 'm.read', 'main', first],
    [bob, 'm.read.private', 'all', first],
  ])
  assert.deepEqual(await receipts.ofUser(bob, [roomId]), all)
  assert.deepEqual(await receipts.ofUser(alice, [roomId]), new Map())
})

test('of many receipts at once, on two nodes and in any order, the furthest stays', async (t) => {
  const { nodes, room, say, caughtUp, receipts } = await receiptsFixture(t, { nodes: 2 })
  const people = [alice, bob, carol] as const
  const roomId = await room(...people)
  const events: string[] = []
  for (let i = 0; i < 10; i++) events.push(await say(roomId, alice))
  await Promise.all(
    events
      .toReversed()
      .flatMap((eventId, i) =>
        people.map((userId) =>
          nodes[i % 2]?.receipts.markRead({ userId, roomId }, [{ type: 'm.read', eventId }]),
        ),
      ),
  )
  const changes = await receipts.changes(alice, [roomId], 0, await caughtUp())
  assert.deepEqual(
    short(changes.get(roomId)).sort(),
    people.map((userId) => [userId, 'm.read', 'all', events.at(-1)]),
  )
})

test('no change is missed or shown outside its range, whether remembered or not', async (t) => {
  const { receipts, room, say, caughtUp } = await receiptsFixture(t, { receiptsRemembered: 4 })
  const roomId = await room(alice, bob)
  const places: { eventId: string; after: number; upTo: number }[] = []
  for (let i = 0; i < 12; i++) {
    const eventId = await say(roomId, alice)
    const after = await caughtUp()
    await receipts.markRead({ userId: i % 2 ? alice : bob, roomId }, [{ type: 'm.read', eventId }])
    places.push({ eventId, after, upTo: await caughtUp() })
  }
  const shown = async (after: number, upTo: number) =>
    short((await receipts.changes(alice, [roomId], after, upTo)).get(roomId)).map(
      ([, , , eventId]) => eventId,
    )
  // The last receipt of each person is current; the older ones have been replaced and are nobody's concern.
  const current = places.slice(-2)
  for (const { after, upTo, eventId } of current) assert.deepEqual(await shown(after, upTo), [eventId])
  const upTo = places.at(-1)?.upTo ?? 0
  for (const { after } of places.slice(0, -2))
    assert.deepEqual((await shown(after, upTo)).sort(), current.map(({ eventId }) => eventId).sort())
})

test('asking for changes costs no query, with news or without', async (t) => {
  const { receipts, room, say, caughtUp, queries } = await receiptsFixture(t)
  const roomId = await room(alice, bob)
  const mark = async () =>
    receipts.markRead({ userId: bob, roomId }, [{ type: 'm.read', eventId: await say(roomId, alice) }])
  await mark()
  const before = await caughtUp()
  await mark()
  const after = await caughtUp()
  const asked = queries()
  assert.equal((await receipts.changes(alice, [roomId], before, after)).size, 1)
  assert.equal((await receipts.changes(alice, [roomId], after, after + 100)).size, 0)
  assert.equal(queries(), asked)
})

test('an m.receipt event groups receipts by event, kind and person', async (t) => {
  const { receipts } = await receiptsFixture(t)
  const receipt = (userId: string, eventId: string, threadId?: string): Receipt => ({
    roomId: '!r',
    userId,
    type: 'm.read',
    threadId,
    eventId,
    eventPosition: 1,
    atMs: 5,
    position: 2,
  })
  assert.deepEqual(
    receipts.present([receipt(alice, '$a'), receipt(bob, '$a', 'main'), receipt(carol, '$b')]),
    {
      $a: { 'm.read': { [alice]: { ts: 5 }, [bob]: { ts: 5, thread_id: 'main' } } },
      $b: { 'm.read': { [carol]: { ts: 5 } } },
    },
  )
})
