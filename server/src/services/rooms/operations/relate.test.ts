import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JsonObject } from '../../../platform/json.ts'
import { alice, bob, message, roomsFixture, state } from '../testing.ts'

const relates = (type: string, eventId: string, more: JsonObject = {}): JsonObject => ({
  'm.relates_to': { rel_type: type, event_id: eventId, ...more },
})
const reaction = (eventId: string, key: string) => ({
  type: 'm.reaction',
  content: relates('m.annotation', eventId, { key }),
})

test('the same annotation by the same person is refused until the first is redacted', async (t) => {
  const { rooms, room, say, send } = await roomsFixture(t)
  const roomId = await room({ people: [alice, bob] })
  const { eventId } = await say(roomId, alice, 'hi')
  const again = () => rooms.append({ roomId, sender: bob, drafts: [reaction(eventId, '👍')] })
  const refused = { code: 'rooms.annotation_repeated', status: 400, errcode: 'M_DUPLICATE_ANNOTATION' }

  const answers = await Promise.allSettled([again(), again()])
  assert.deepEqual(answers.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
  await assert.rejects(again(), refused)
  await send(roomId, bob, reaction(eventId, '👎'))
  const { eventId: byAlice } = await send(roomId, alice, reaction(eventId, '👍'))
  await send(roomId, alice, { type: 'm.room.redaction', content: {}, redacts: byAlice })
  await send(roomId, alice, reaction(eventId, '👍'))
})

test('a thread cannot start from an event that relates to another', async (t) => {
  const { rooms, room, say, send } = await roomsFixture(t)
  const roomId = await room()
  const root = await say(roomId, alice, 'root')
  const reply = await send(roomId, alice, message('reply', relates('m.thread', root.eventId)))
  await assert.rejects(
    rooms.append({ roomId, sender: alice, drafts: [message('nested', relates('m.thread', reply.eventId))] }),
    { code: 'rooms.thread_nested', status: 400, errcode: 'M_UNKNOWN' },
  )
})

test('an event belongs to the thread of what it relates to; a root is on the main timeline', async (t) => {
  const { rooms, room, say, send } = await roomsFixture(t)
  const roomId = await room()
  const root = await say(roomId, alice, 'root')
  const reply = await send(roomId, alice, message('reply', relates('m.thread', root.eventId)))
  const onReply = await send(roomId, alice, reaction(reply.eventId, '👍'))
  const onRoot = await send(roomId, alice, reaction(root.eventId, '👍'))
  const edit = await send(
    roomId,
    alice,
    message('* reply', { 'm.new_content': { body: 'x' }, ...relates('m.replace', reply.eventId) }),
  )
  const threadOf = async (eventId: string) => (await rooms.event(roomId, eventId))?.threadRoot

  assert.equal(await threadOf(root.eventId), undefined)
  assert.equal(await threadOf(onRoot.eventId), undefined)
  for (const { eventId } of [reply, onReply, edit]) assert.equal(await threadOf(eventId), root.eventId)
})

test('an edit that breaks a rule of edits relates to nothing', async (t) => {
  const { rooms, room, say, send } = await roomsFixture(t)
  const roomId = await room({ people: [alice, bob], powerLevels: { state_default: 0 } })
  const original = await say(roomId, alice, 'original')
  const topic = await send(roomId, alice, state('m.room.message', { body: 'state' }))
  const fresh = { 'm.new_content': { body: 'x' } }
  const valid = await send(
    roomId,
    alice,
    message('*', { ...fresh, ...relates('m.replace', original.eventId) }),
  )
  const attempts: [sender: string, type: string, content: JsonObject][] = [
    [bob, 'm.room.message', { ...fresh, ...relates('m.replace', original.eventId) }],
    [alice, 'org.example', { ...fresh, ...relates('m.replace', original.eventId) }],
    [alice, 'm.room.message', relates('m.replace', original.eventId)],
    [alice, 'm.room.message', { ...fresh, ...relates('m.replace', valid.eventId) }],
    [alice, 'm.room.message', { ...fresh, ...relates('m.replace', topic.eventId) }],
    [alice, 'm.room.message', { ...fresh, ...relates('m.replace', '$unknown') }],
  ]

  const relationOf = async (eventId: string) => (await rooms.event(roomId, eventId))?.relation
  assert.deepEqual(await relationOf(valid.eventId), {
    type: 'm.replace',
    parentId: original.eventId,
    key: undefined,
  })
  for (const [sender, type, content] of attempts) {
    const { eventId } = await send(roomId, sender, { type, content })
    assert.equal(await relationOf(eventId), undefined)
  }
})
