import assert from 'node:assert/strict'
import { test } from 'node:test'
import { alice, bob, carol, member, message, roomsFixture, state } from '../testing.ts'

const redact = (redacts: string) => ({ type: 'm.room.redaction', content: {}, redacts })

test("people redact their own events; others' need the redact level", async (t) => {
  const { rooms, room, say, send } = await roomsFixture(t)
  const roomId = await room({ people: [alice, bob, carol] })
  const own = await say(roomId, bob, '1')
  const other = await say(roomId, bob, '2')

  await send(roomId, bob, redact(own.eventId))
  await assert.rejects(rooms.append({ roomId, sender: carol, drafts: [redact(other.eventId)] }), {
    code: 'rooms.forbidden',
  })
  await send(roomId, alice, redact(other.eventId))

  for (const { eventId } of [own, other]) assert.deepEqual((await rooms.event(roomId, eventId))?.content, {})
})

test('an event of another room cannot be redacted from here', async (t) => {
  const { rooms, room, say } = await roomsFixture(t)
  const [here, there] = [await room(), await room()]
  const { eventId } = await say(there, alice, 'elsewhere')
  await assert.rejects(rooms.append({ roomId: here, sender: alice, drafts: [redact(eventId)] }), {
    code: 'rooms.event_unknown',
  })
})

test('the target may stand in the content, as newer clients write it, in any version', async (t) => {
  const { rooms, room, say, send } = await roomsFixture(t)
  for (const version of ['10', '11']) {
    const roomId = await room({ version })
    const { eventId } = await say(roomId, alice, 'x')
    const redaction = await send(roomId, alice, {
      type: 'm.room.redaction',
      content: { redacts: eventId, reason: 'r' },
    })
    assert.equal((await rooms.event(roomId, eventId))?.redactedBy, redaction.eventId)
    assert.equal((await rooms.event(roomId, redaction.eventId))?.content['reason'], 'r')
  }
})

test('the first of two redactions is the one that is shown', async (t) => {
  const { rooms, room, say, send } = await roomsFixture(t)
  const roomId = await room({ people: [alice, bob] })
  const { eventId } = await say(roomId, bob, 'x')
  const [first, second] = await Promise.all([
    send(roomId, bob, redact(eventId)),
    send(roomId, alice, redact(eventId)),
  ])
  const event = await rooms.event(roomId, eventId)
  assert.equal(event?.redactedBy, first.position < second.position ? first.eventId : second.eventId)
})

test('redacting state empties it on every node, and membership survives', async (t) => {
  const { rooms, room, send, addNode } = await roomsFixture(t)
  const other = await addNode()
  const roomId = await room({ people: [alice, bob] })
  const topic = await send(roomId, alice, state('m.room.topic', { topic: 'rude' }))
  await other.rooms.state(roomId)
  const joined = (await rooms.state(roomId))?.event('m.room.member', bob)?.eventId ?? ''

  await send(roomId, alice, redact(topic.eventId))
  const { position } = await send(roomId, alice, redact(joined))
  await other.reached(position)

  for (const node of [rooms, other.rooms]) {
    const now = await node.state(roomId)
    assert.deepEqual(now?.event('m.room.topic', '')?.content, {})
    assert.equal(now?.membership(bob), 'join')
  }
  // A writer that was behind still judges by the state as it is.
  await other.rooms.append({ roomId, sender: bob, drafts: [message('still here')] })
})

test('a redaction of past state leaves what stands now', async (t) => {
  const { rooms, room, send } = await roomsFixture(t)
  const roomId = await room()
  const past = await send(roomId, alice, state('m.room.topic', { topic: 'old' }))
  await send(roomId, alice, state('m.room.topic', { topic: 'new' }))
  await send(roomId, alice, redact(past.eventId))
  assert.deepEqual((await rooms.state(roomId))?.event('m.room.topic', '')?.content, { topic: 'new' })
  assert.deepEqual((await rooms.event(roomId, past.eventId))?.content, {})
})

test('a redacted power level event still says who may do what', async (t) => {
  const { rooms, room, send } = await roomsFixture(t)
  const roomId = await room({ people: [alice, bob], powerLevels: { users: { [bob]: 60 }, note: 'x' } })
  const levels = (await rooms.state(roomId))?.event('m.room.power_levels', '')?.eventId ?? ''
  await send(roomId, alice, redact(levels))
  await send(roomId, bob, state('m.room.topic', { topic: 'bob may' }))
  await send(roomId, bob, member(carol, 'ban'))
  assert.deepEqual((await rooms.state(roomId))?.event('m.room.power_levels', '')?.content, {
    users: { [bob]: 60 },
  })
})
