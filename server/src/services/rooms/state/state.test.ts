import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createTestRandom } from '../../../platform/testing/random.ts'
import type { TimelineEvent } from '../api.ts'
import { alice, bob, carol, member, message, roomsFixture, state } from '../testing.ts'

const places = (events: Iterable<TimelineEvent>) =>
  new Map([...events].map((event) => [`${event.type} ${event.stateKey}`, event.eventId]))

test('the state at each position is what the events up to it have set', async (t) => {
  const seed = 7
  t.diagnostic(`seed ${seed}`)
  const random = createTestRandom(seed)
  const { rooms, room, send, stream } = await roomsFixture(t)
  const roomId = await room()
  for (let i = 0; i < 40; i++) {
    const draft =
      random.below(3) === 0
        ? message(`${i}`)
        : state(
            ['m.room.topic', 'm.room.name', 'org.example'][random.below(3)] ?? '',
            { i },
            `${random.below(2)}`,
          )
    await send(roomId, alice, draft)
  }

  const { events } = await rooms.eventsAfter(roomId, { after: 0, upTo: stream.position(), limit: 1000 })
  const expected = new Map<string, string>()
  for (const [index, event] of events.entries()) {
    const before = new Map(expected)
    if (event.stateKey !== undefined) {
      assert.equal(event.replacesState, expected.get(`${event.type} ${event.stateKey}`))
      expected.set(`${event.type} ${event.stateKey}`, event.eventId)
    }
    assert.deepEqual(places(await rooms.stateAt(roomId, event.position)), expected)
    const previous = events[index - 1]?.position ?? 0
    assert.deepEqual(places(await rooms.stateAt(roomId, event.position - 1)), before)
    const changes = await rooms.stateChanges(roomId, previous, event.position)
    assert.equal(changes.length, event.stateKey === undefined ? 0 : 1)
  }
  assert.deepEqual(places((await rooms.state(roomId))?.events() ?? []), expected)
  const all = await rooms.stateChanges(roomId, 0, stream.position())
  assert.deepEqual(places(all), expected)
})

test('keys narrow the state to types, or to types and state keys', async (t) => {
  const { rooms, room, stream } = await roomsFixture(t)
  const roomId = await room({ people: [alice, bob, carol] })
  const find = async (keys: { type: string; stateKey?: string }[]) =>
    [...places(await rooms.stateAt(roomId, stream.position(), keys)).keys()].sort()

  assert.deepEqual(await find([{ type: 'm.room.member', stateKey: bob }]), [`m.room.member ${bob}`])
  assert.deepEqual(await find([{ type: 'm.room.member' }, { type: 'm.room.create', stateKey: '' }]), [
    'm.room.create ',
    `m.room.member ${alice}`,
    `m.room.member ${bob}`,
    `m.room.member ${carol}`,
  ])
  assert.deepEqual(await find([{ type: 'm.room.topic' }]), [])
  assert.deepEqual(await find([]), [])
})

test('a state that somebody holds never changes, and members are counted by membership', async (t) => {
  const { rooms, room, send } = await roomsFixture(t)
  const roomId = await room({ people: [alice, bob] })
  const before = await rooms.state(roomId)
  await send(roomId, bob, member(bob, 'leave'))
  await send(roomId, alice, member(carol, 'invite'))
  const after = await rooms.state(roomId)

  assert.deepEqual([...(before?.members('join') ?? [])].sort(), [alice, bob])
  assert.equal(before?.membership(bob), 'join')
  assert.deepEqual([...(after?.members('join') ?? [])], [alice])
  assert.deepEqual([...(after?.members('invite') ?? [])], [carol])
  assert.equal(after?.membership(bob), 'leave')
  assert.equal(after?.membership('@nobody:dure.test'), undefined)
})

test('a large room keeps its state right while changes pile up', async (t) => {
  const { rooms, room, addNode } = await roomsFixture(t)
  const roomId = await room()
  const people = Array.from({ length: 150 }, (_, index) => `@person${index}:dure.test`)
  let last = 0
  for (const membership of ['join', 'leave', 'join']) {
    const answers = await Promise.all(
      people.map((person) => rooms.append({ roomId, sender: person, drafts: [member(person, membership)] })),
    )
    last = Math.max(...answers.map(({ position }) => position))
    const expected = membership === 'join' ? people.length + 1 : 1
    assert.equal((await rooms.state(roomId))?.members('join').size, expected)
  }
  const other = await addNode()
  await other.reached(last)
  const [here, there] = [await rooms.state(roomId), await other.rooms.state(roomId)]
  assert.deepEqual(places(here?.events() ?? []), places(there?.events() ?? []))
  assert.equal(here?.position, there?.position)
})

test('there is no state where there is no room', async (t) => {
  const { rooms } = await roomsFixture(t)
  assert.equal(await rooms.state('!none'), undefined)
  assert.deepEqual(await rooms.stateAt('!none', 100), [])
})
