import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createTestRandom } from '../../../platform/testing/random.ts'
import { alice, message, roomsFixture } from '../testing.ts'

test('a slice is the same from memory and from the database, whatever range is asked for', async (t) => {
  const seed = 11
  t.diagnostic(`seed ${seed}`)
  const random = createTestRandom(seed)
  const { rooms, room, reached, addNode } = await roomsFixture(t)
  const roomIds = [await room(), await room(), await room()]
  const positions: number[] = []
  for (let i = 0; i < 60; i++) {
    const roomId = roomIds[random.below(2)] ?? ''
    positions.push((await rooms.append({ roomId, sender: alice, drafts: [message(`${i}`)] })).position)
  }
  const head = positions.at(-1) ?? 0
  await reached(head)
  // This node knows nothing of the past, so it asks the database.
  const late = await addNode()

  for (let i = 0; i < 80; i++) {
    const upTo = random.below(head + 1)
    const after = random.below(4) === 0 ? undefined : random.below(upTo + 1)
    const range = { after, upTo, limit: random.below(12) }
    const [fromMemory, fromDatabase] = await Promise.all([
      rooms.latestEvents(roomIds, range),
      late.rooms.latestEvents(roomIds, range),
    ])
    assert.deepEqual(new Map([...fromMemory].sort()), new Map([...fromDatabase].sort()))
    for (const [roomId, { events, limited }] of fromMemory) {
      const all = await rooms.eventsAfter(roomId, { after: after ?? 0, upTo, limit: 1000 })
      assert.deepEqual(events, all.events.slice(Math.max(0, all.events.length - range.limit)))
      assert.equal(limited, all.events.length > range.limit)
    }
    const active = [...fromMemory].filter(([, slice]) => slice.events.length > 0 || slice.limited)
    for (const node of [rooms, late.rooms]) {
      const found = await node.roomsWithEvents(roomIds, after ?? 0, upTo)
      assert.deepEqual([...found].sort(), active.map(([roomId]) => roomId).sort())
    }
  }
})

test('walking on from a position gives each event once, in order', async (t) => {
  const { rooms, room, say, stream } = await roomsFixture(t)
  const roomId = await room()
  const said: string[] = []
  for (let i = 0; i < 10; i++) said.push((await say(roomId, alice, `${i}`)).eventId)

  const walked: string[] = []
  let after = 0
  for (let limited = true; limited; ) {
    const slice = await rooms.eventsAfter(roomId, { after, upTo: stream.position(), limit: 3 })
    assert(slice.events.length <= 3)
    walked.push(...slice.events.map(({ eventId }) => eventId))
    after = slice.events.at(-1)?.position ?? after
    limited = slice.limited
  }
  assert.deepEqual(walked.slice(-said.length), said)
  assert.equal(new Set(walked).size, walked.length)
})

test('events come in the order asked for; unknown ones are left out', async (t) => {
  const { rooms, room, say, addNode } = await roomsFixture(t)
  const roomId = await room()
  const [first, second] = [await say(roomId, alice, '1'), await say(roomId, alice, '2')]
  for (const node of [rooms, (await addNode()).rooms]) {
    const events = await node.events(roomId, [second.eventId, '$none', '$\0', first.eventId])
    assert.deepEqual(
      events.map(({ eventId }) => eventId),
      [second.eventId, first.eventId],
    )
    assert.equal(await node.event('!other', first.eventId), undefined)
  }
})

test('listeners hear of each event once and in order, before any waiter is told', async (t) => {
  const { rooms, room, addNode, stream } = await roomsFixture(t)
  const other = await addNode()
  const roomId = await room()
  const heard: number[] = []
  rooms.onEvents((events) => heard.push(...events.map(({ position }) => position)))
  const atAdvance: number[] = []
  stream.onAdvance(() => atAdvance.push(heard.at(-1) ?? 0))

  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      (index % 2 === 0 ? rooms : other.rooms).append({
        roomId,
        sender: alice,
        drafts: [message(`${index}`)],
      }),
    ),
  )
  const positions = answers.map(({ position }) => position).sort((a, b) => a - b)
  await stream.reached(positions.at(-1) ?? 0, t.signal)
  assert.deepEqual(heard, positions)
  assert.equal(atAdvance.at(-1), positions.at(-1))
})
