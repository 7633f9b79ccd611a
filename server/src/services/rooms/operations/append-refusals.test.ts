import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EventDraft } from '../api.ts'
import { alice, bob, message, roomsFixture, state } from '../testing.ts'

const refusals: [sentence: string, draft: EventDraft, code: string][] = [
  ['a type with a zero byte', { type: 'a\0b', content: {} }, 'rooms.parameter_invalid'],
  ['a state key with a zero byte', state('m.room.topic', {}, '\0'), 'rooms.parameter_invalid'],
  ['a type longer than 255 bytes', { type: 'é'.repeat(128), content: {} }, 'rooms.event_too_large'],
  ['a state key longer than 255 bytes', state('org.example', {}, 'x'.repeat(256)), 'rooms.event_too_large'],
  ['an event larger than 64 KiB', message('x'.repeat(65_536)), 'rooms.event_too_large'],
  ['a number that is not an integer', message('x', { pi: 3.14 }), 'rooms.event_malformed'],
  ['an integer beyond 2^53', message('x', { big: 2 ** 53 }), 'rooms.event_malformed'],
  ['a redaction without a target', { type: 'm.room.redaction', content: {} }, 'rooms.event_malformed'],
  [
    'a redaction of nothing',
    { type: 'm.room.redaction', content: {}, redacts: '$none' },
    'rooms.event_unknown',
  ],
  ['a second create event', state('m.room.create', { room_version: '12' }), 'rooms.forbidden'],
]

test('what no room can take is refused', async (t) => {
  const { rooms, room } = await roomsFixture(t)
  const roomId = await room()
  for (const [sentence, draft, code] of refusals) {
    await t.test(sentence, async () => {
      await assert.rejects(rooms.append({ roomId, sender: alice, drafts: [draft] }), { code })
    })
  }
})

test('somebody who is not in the room is refused, and learns no more where there is no room', async (t) => {
  const { rooms, room } = await roomsFixture(t)
  const roomId = await room()
  for (const id of [roomId, '!none', '!zero\0byte', `!${'x'.repeat(300)}`]) {
    await assert.rejects(rooms.append({ roomId: id, sender: bob, drafts: [message('x')] }), {
      code: 'rooms.forbidden',
      errcode: 'M_FORBIDDEN',
    })
  }
})

test('a room of a version that this server does not support is refused', async (t) => {
  const { rooms } = await roomsFixture(t)
  for (const version of ['1', '2', '99', '']) {
    await assert.rejects(rooms.found({ version, sender: alice, drafts: [state('m.room.create', {})] }), {
      code: 'rooms.version_unsupported',
      errcode: 'M_UNSUPPORTED_ROOM_VERSION',
    })
  }
})

test('a transaction id that no index could hold is refused', async (t) => {
  const { rooms, room } = await roomsFixture(t)
  const roomId = await room()
  for (const txnId of ['\0', 'x'.repeat(256)]) {
    const transaction = { sessionId: 's', scope: 'x', txnId }
    await assert.rejects(rooms.append({ roomId, sender: alice, drafts: [message('x')], transaction }), {
      code: 'rooms.parameter_invalid',
    })
  }
})

test('a zero byte inside the content is kept', async (t) => {
  const { rooms, room, say } = await roomsFixture(t)
  const roomId = await room()
  const { eventId } = await say(roomId, alice, 'a\0b')
  assert.equal((await rooms.event(roomId, eventId))?.content['body'], 'a\0b')
})

test('a relation with absurd members counts as none', async (t) => {
  const { rooms, room, send } = await roomsFixture(t)
  const roomId = await room()
  for (const relates of [
    { rel_type: 'x'.repeat(10_000), event_id: '$a' },
    { rel_type: 'm.thread', event_id: 'x'.repeat(10_000) },
    { rel_type: 'm.thread', event_id: '$\0' },
    { rel_type: 7, event_id: '$a' },
    { event_id: '$a' },
    'text',
    null,
  ]) {
    const { eventId } = await send(roomId, alice, message('x', { 'm.relates_to': relates }))
    assert.equal((await rooms.event(roomId, eventId))?.relation, undefined)
  }
})
