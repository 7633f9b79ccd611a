import assert from 'node:assert/strict'
import { test } from 'node:test'
import { alice, bob, message, roomsFixture } from '../testing.ts'

test('an appended event can be read back at once', async (t) => {
  const { rooms, room } = await roomsFixture(t)
  const roomId = await room()

  const { eventIds, position } = await rooms.append({ roomId, sender: alice, drafts: [message('hello')] })

  const event = await rooms.event(roomId, eventIds[0] ?? '')
  assert.equal(event?.position, position)
  assert.deepEqual(event?.content, { msgtype: 'm.text', body: 'hello' })
  assert.equal(event?.sender, alice)
})

test('somebody who is not in the room is refused', async (t) => {
  const { rooms, room } = await roomsFixture(t)
  const roomId = await room()

  await assert.rejects(rooms.append({ roomId, sender: bob, drafts: [message('hello')] }), {
    code: 'rooms.forbidden',
  })
  await assert.rejects(rooms.append({ roomId: '!none', sender: bob, drafts: [message('x')] }), {
    code: 'rooms.forbidden',
  })
})
