import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Membership } from '../api.ts'
import { alice, bob, carol, member, message, roomsFixture, state } from '../testing.ts'
import { createPerspective, type HistoryVisibility, membershipAt, visibleRanges } from './perspective.ts'

const visibilities: HistoryVisibility[] = ['world_readable', 'shared', 'invited', 'joined']
const memberships: (Membership | undefined)[] = [undefined, 'invite', 'join', 'knock', 'leave', 'ban']

test('every combination of visibility, membership and later join follows the table of the specification', () => {
  for (const visibility of visibilities) {
    for (const membership of memberships) {
      for (const joinsLater of [false, true]) {
        const changes = [
          { position: 1, visibility },
          ...(membership === undefined ? [] : [{ position: 2, membership }]),
          ...(joinsLater ? [{ position: 20, membership: 'join' as const }] : []),
        ]
        const visible = visibleRanges(createPerspective(bob, changes, false)).some(
          ({ from, upTo }) => from <= 10 && 10 <= upTo,
        )
        const expected =
          visibility === 'world_readable' ||
          membership === 'join' ||
          (visibility === 'shared' && joinsLater) ||
          (visibility === 'invited' && membership === 'invite')
        assert.equal(visible, expected, `${visibility}, ${membership}, joins later: ${joinsLater}`)
      }
    }
  }
})

test('who has forgotten the room sees only what anybody may see', () => {
  for (const visibility of visibilities) {
    const changes = [
      { position: 1, visibility },
      { position: 2, membership: 'join' as const },
    ]
    const ranges = visibleRanges(
      createPerspective(bob, [...changes, { position: 9, membership: 'leave' }], true),
    )
    assert.equal(
      ranges.some(({ from, upTo }) => from <= 5 && 5 <= upTo),
      visibility === 'world_readable',
    )
  }
})

test('the membership at an event includes what the event itself changes', () => {
  const perspective = createPerspective(
    bob,
    [
      { position: 5, membership: 'invite' },
      { position: 7, membership: 'join' },
    ],
    false,
  )
  assert.deepEqual(
    [4, 5, 6, 7, 8].map((position) => membershipAt(perspective, position)),
    ['leave', 'invite', 'invite', 'join', 'join'],
  )
})

/** A room in which bob is invited, joins and leaves, with a message in each stage; gives what he sees of it. */
async function bobsStay(t: Parameters<typeof roomsFixture>[0], historyVisibility: string) {
  const { rooms, room, say, send, stream } = await roomsFixture(t)
  const roomId = await room({ historyVisibility, joinRule: 'invite' })
  const bodies: [string, string][] = []
  const note = async (body: string) => bodies.push([(await say(roomId, alice, body)).eventId, body])
  const memberEvents: string[] = []
  const move = async (sender: string, membership: string) =>
    memberEvents.push((await send(roomId, sender, member(bob, membership))).eventId)

  await note('before')
  await move(alice, 'invite')
  await note('invited')
  await move(bob, 'join')
  await note('joined')
  await move(bob, 'leave')
  await note('left')

  const { events } = await rooms.eventsAfter(roomId, { after: 0, upTo: stream.position(), limit: 100 })
  const seen = new Set((await rooms.visibleTo(bob, roomId, events)).map(({ eventId }) => eventId))
  return {
    bodies: bodies.filter(([eventId]) => seen.has(eventId)).map(([, body]) => body),
    ownMemberEvents: memberEvents.map((eventId) => seen.has(eventId)),
  }
}

const stays: [visibility: string, bodies: string[], ownMemberEvents: boolean[]][] = [
  ['world_readable', ['before', 'invited', 'joined', 'left'], [true, true, true]],
  ['shared', ['before', 'invited', 'joined'], [true, true, true]],
  ['invited', ['invited', 'joined'], [true, true, true]],
  ['joined', ['joined'], [false, true, true]],
  ['org.example.unknown', ['before', 'invited', 'joined'], [true, true, true]],
]

for (const [visibility, bodies, ownMemberEvents] of stays) {
  test(`of a ${visibility} room a person sees the stages that they may, and their own comings and goings`, async (t) => {
    assert.deepEqual(await bobsStay(t, visibility), { bodies, ownMemberEvents })
  })
}

test('a change of visibility is seen by whoever could see before it or after it', async (t) => {
  const { rooms, room, send, say } = await roomsFixture(t)
  const roomId = await room({ historyVisibility: 'world_readable' })
  const closing = await send(
    roomId,
    alice,
    state('m.room.history_visibility', { history_visibility: 'joined' }),
  )
  const hidden = await say(roomId, alice, 'hidden')
  const opening = await send(
    roomId,
    alice,
    state('m.room.history_visibility', { history_visibility: 'world_readable' }),
  )
  const events = await rooms.events(roomId, [closing.eventId, hidden.eventId, opening.eventId])

  assert.deepEqual(
    (await rooms.visibleTo(carol, roomId, events)).map(({ eventId }) => eventId),
    [closing.eventId, opening.eventId],
  )
})

test('visibility is that of the time an event was sent, whatever it is now', async (t) => {
  const { rooms, room, send, say } = await roomsFixture(t)
  const roomId = await room({ historyVisibility: 'joined' })
  const early = await say(roomId, alice, 'early')
  await send(roomId, alice, state('m.room.history_visibility', { history_visibility: 'shared' }))
  const late = await say(roomId, alice, 'late')
  await send(roomId, bob, member(bob, 'join'))
  const events = await rooms.events(roomId, [early.eventId, late.eventId])

  assert.deepEqual(
    (await rooms.visibleTo(bob, roomId, events)).map(({ eventId }) => eventId),
    [late.eventId],
  )
})

test('people joined since before the oldest event see all, from memory and from the database alike', async (t) => {
  const { rooms, room, send, addNode } = await roomsFixture(t)
  const roomId = await room({ people: [alice, bob], historyVisibility: 'joined' })
  const { eventId, position } = await send(roomId, alice, message('hi'))
  const other = await addNode()
  for (const node of [rooms, other.rooms]) {
    const events = await node.events(roomId, [eventId])
    assert.equal(events[0]?.position, position)
    assert.equal((await node.visibleTo(bob, roomId, events)).length, 1)
    assert.equal((await node.visibleTo(carol, roomId, events)).length, 0)
  }
})
