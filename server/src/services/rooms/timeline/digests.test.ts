import assert from 'node:assert/strict'
import { test } from 'node:test'
import { alice, bob, member, roomsFixture } from '../testing.ts'

test('a digest is the same whether it was followed or read, and knows what people notice', async (t) => {
  const node = await roomsFixture(t)
  const roomId = await node.room()
  assert.equal((await node.rooms.digests([roomId, '!none:dure.test'])).size, 1)
  const noticed = await node.say(roomId, alice, 'hello')
  const encryption = {
    type: 'm.room.encryption',
    stateKey: '',
    content: { algorithm: 'm.megolm.v1.aes-sha2' },
  }
  const { position: encryptedAt } = await node.send(roomId, alice, encryption)
  let last = 0
  for (let n = 0; n < 12; n++) {
    const topic = { type: 'm.room.topic', stateKey: '', content: { topic: `${n}` } }
    last = (await node.send(roomId, alice, topic)).position
  }
  const expected = {
    roomId,
    lastPosition: last,
    bumpPosition: noticed.position,
    roomType: undefined,
    encryptedAt,
  }
  assert.deepEqual((await node.rooms.digests([roomId])).get(roomId), expected)
  const other = await node.addNode()
  assert.deepEqual((await other.rooms.digests([roomId])).get(roomId), expected)
})

test('digests that are asked for while events arrive miss none of them', async (t) => {
  const node = await roomsFixture(t)
  const roomId = await node.room()
  const [digests, { position }] = await Promise.all([
    node.rooms.digests([roomId]),
    node.send(roomId, alice, member(bob, 'invite')),
  ])
  assert(digests.has(roomId))
  assert.equal((await node.rooms.digests([roomId])).get(roomId)?.lastPosition, position)
})
