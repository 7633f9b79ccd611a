import assert from 'node:assert/strict'
import { test } from 'node:test'
import { alice, bob, carol, member, roomsFixture } from '../testing.ts'

test('memberships follow what happens, on every node, from memory and from the database alike', async (t) => {
  const { rooms, room, send, addNode } = await roomsFixture(t)
  const other = await addNode()
  const roomId = await room()
  assert.equal((await rooms.membershipsOf(bob)).size, 0)

  const steps: [sender: string, membership: string][] = [
    [alice, 'invite'],
    [bob, 'join'],
    [bob, 'leave'],
    [alice, 'ban'],
  ]
  for (const [sender, membership] of steps) {
    const { eventId, position } = await send(roomId, sender, member(bob, membership))
    await other.reached(position)
    const expected = { roomId, membership, eventId, position, sender, forgotten: false }
    assert.deepEqual((await rooms.membershipsOf(bob)).get(roomId), expected)
    assert.deepEqual((await other.rooms.membershipsOf(bob)).get(roomId), expected)
  }
  const fresh = await addNode()
  assert.equal((await fresh.rooms.membershipsOf(bob)).get(roomId)?.membership, 'ban')
  const changes = await rooms.membershipChanges(bob, 0, fresh.stream.position())
  assert.deepEqual(
    changes.map(({ content }) => content['membership']),
    steps.map(([, membership]) => membership),
  )
})

test('a reader keeps the memberships it was given, whatever happens next', async (t) => {
  const { rooms, room, send } = await roomsFixture(t)
  const roomId = await room({ people: [alice, bob] })
  const before = await rooms.membershipsOf(bob)
  await send(roomId, bob, member(bob, 'leave'))
  assert.equal(before.get(roomId)?.membership, 'join')
})

test('a room is forgotten on every node until the person comes back', async (t) => {
  const { rooms, room, send, addNode, stream } = await roomsFixture(t)
  const other = await addNode()
  const roomId = await room({ people: [alice, bob], historyVisibility: 'shared' })
  const isForgotten = async () =>
    Promise.all(
      [rooms, other.rooms].map(async (node) => (await node.membershipsOf(bob)).get(roomId)?.forgotten),
    )
  await isForgotten()
  await assert.rejects(rooms.forget(roomId, bob), { code: 'rooms.not_left', status: 400 })

  const { position } = await send(roomId, bob, member(bob, 'leave'))
  await rooms.forget(roomId, bob)
  await rooms.forget(roomId, bob)
  await stream.reached(position + 1, t.signal)
  await other.reached(position + 1)
  assert.deepEqual(await isForgotten(), [true, true])
  const { events } = await rooms.eventsAfter(roomId, { after: 0, upTo: position, limit: 100 })
  assert.deepEqual(await rooms.visibleTo(bob, roomId, events), [])

  const banned = await send(roomId, alice, member(bob, 'ban'))
  await other.reached(banned.position)
  assert.deepEqual(await isForgotten(), [true, true])
  await send(roomId, alice, member(bob, 'leave'))
  const back = await send(roomId, bob, member(bob, 'join'))
  await other.reached(back.position)
  assert.deepEqual(await isForgotten(), [false, false])
  assert.equal((await (await addNode()).rooms.membershipsOf(bob)).get(roomId)?.forgotten, false)
})

test('people share a room while both are joined to it', async (t) => {
  const { rooms, room, send } = await roomsFixture(t)
  const roomId = await room({ people: [alice, bob] })
  await send(roomId, alice, member(carol, 'invite'))
  assert.deepEqual([...(await rooms.peopleSharingRooms(alice))], [bob])
  await send(roomId, carol, member(carol, 'join'))
  assert.deepEqual([...(await rooms.peopleSharingRooms(alice))].sort(), [bob, carol])
  await send(roomId, bob, member(bob, 'leave'))
  assert.deepEqual([...(await rooms.peopleSharingRooms(alice))], [carol])
  assert.deepEqual([...(await rooms.peopleSharingRooms(bob))], [])
})

test('who must be joined is refused otherwise', async (t) => {
  const { rooms, room, send } = await roomsFixture(t)
  const roomId = await room()
  await send(roomId, alice, member(bob, 'invite'))
  await rooms.requireJoined(roomId, alice)
  for (const userId of [bob, carol])
    await assert.rejects(rooms.requireJoined(roomId, userId), { code: 'rooms.forbidden' })
})
