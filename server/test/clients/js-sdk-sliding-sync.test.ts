import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { type MatrixEvent, Preset, ReceiptType } from 'matrix-js-sdk'
import { atEnd } from '../../src/platform/testing/cleanup.ts'
import { startTwoNodes } from '../support/two-nodes.ts'
import { type Device, eventIn, eventually, registerSlidingDevice } from './js-sdk-device.ts'

test("matrix-js-sdk's sliding sync, each request at the next of two nodes, one of which is killed", {
  timeout: 200_000,
}, async (t) => {
  const nodes = await startTwoNodes(t)
  const through = balancer(nodes.urls)
  const alice = track(t, await registerSlidingDevice(nodes.urls[0], 'alice', through))
  const bob = track(t, await registerSlidingDevice(nodes.urls[0], 'bob', through))
  const says = (body: string) => (event: MatrixEvent) => event.getContent()['body'] === body

  const { room_id: roomId } = await alice.client.createRoom({
    preset: Preset.PrivateChat,
    name: 'The two of us',
    invite: [bob.userId],
    initial_state: [
      { type: 'm.room.encryption', state_key: '', content: { algorithm: 'm.megolm.v1.aes-sha2' } },
    ],
  })

  await t.test('an invitation arrives and is accepted', async () => {
    await eventually('bob is invited', () => bob.client.getRoom(roomId)?.getMyMembership() === 'invite')
    await bob.client.joinRoom(roomId)
    await eventually(
      'both see two members',
      () =>
        [alice, bob].every(({ client }) => client.getRoom(roomId)?.getJoinedMemberCount() === 2) &&
        bob.client.getRoom(roomId)?.name === 'The two of us',
    )
  })

  await t.test('encrypted messages go both ways', async () => {
    await alice.client.sendTextMessage(roomId, 'hello, bob')
    assert((await eventIn(bob, roomId, 'the greeting', says('hello, bob'))).isEncrypted())
    await bob.client.sendTextMessage(roomId, 'hello, alice')
    await eventIn(alice, roomId, 'the answer', says('hello, alice'))
  })

  await t.test(
    'a node is killed in the middle of the conversation and nobody misses or doubles a message',
    async () => {
      const restarting = nodes.restart(0, 'SIGKILL')
      for (let n = 0; n < 5; n++) await bob.client.sendTextMessage(roomId, `meanwhile ${n}`)
      await restarting
      for (let n = 5; n < 8; n++) await alice.client.sendTextMessage(roomId, `meanwhile ${n}`)
      for (const device of [alice, bob]) {
        for (let n = 0; n < 8; n++) await eventIn(device, roomId, `message ${n}`, says(`meanwhile ${n}`))
        const shown = device.client.getRoom(roomId)?.getLiveTimeline().getEvents() ?? []
        const told = shown.flatMap(
          (event) => /^meanwhile \d$/.exec(event.getContent()['body'] ?? '')?.[0] ?? [],
        )
        assert.deepEqual(
          told,
          Array.from({ length: 8 }, (_, n) => `meanwhile ${n}`),
        )
      }
    },
  )

  await t.test('typing, receipts and account data arrive', async () => {
    await alice.client.sendTyping(roomId, true, 20_000)
    await eventually(
      'bob sees alice type',
      () => bob.client.getRoom(roomId)?.getMember(alice.userId)?.typing === true,
    )
    const last = await eventIn(alice, roomId, 'the last message', says('meanwhile 7'))
    await bob.client.sendReceipt(last, ReceiptType.Read)
    await eventually(
      'alice sees that bob has read it',
      () => alice.client.getRoom(roomId)?.hasUserReadEvent(bob.userId, last.getId() ?? '') === true,
    )
    await alice.client.setRoomTag(roomId, 'm.favourite', { order: 0.5 })
    await eventually(
      'the tag is there',
      () => alice.client.getRoom(roomId)?.tags['m.favourite'] !== undefined,
    )
  })
})

/** Sends each request to the next node, and to the other one when that is down: a load balancer without memory. */
function balancer(urls: readonly [string, string]): typeof fetch {
  let turn = 0
  return async (input, init) => {
    const own = turn++
    const at = (index: number) => String(input).replace(urls[0], urls[index % 2 === 0 ? 0 : 1])
    return fetch(at(own), init).catch((error: unknown) => {
      if (init?.signal?.aborted) throw error
      return fetch(at(own + 1), init)
    })
  }
}

function track(t: TestContext, device: Device): Device {
  atEnd(t, () => device.stop())
  return device
}
