import assert from 'node:assert/strict'
import { test } from 'node:test'
import { registerPerson } from '../../identity/testing.ts'
import { alice, bob, carol, member } from '../../rooms/testing.ts'
import { syncNodes } from '../testing/nodes.ts'
import { everyRoom, slidingSync } from '../testing/sliding.ts'

const types = (events: readonly { type: string }[] = []) => events.map(({ type }) => type)

test('account data comes whole at first, then as it changes; of rooms when the window shows them', async (t) => {
  const [node] = await syncNodes(t)
  const shown = await node.room([alice, bob])
  const hidden = await node.room([alice, bob])
  await node.say(shown, alice, 'up')
  for (const roomId of [shown, hidden]) await node.accountData.put(bob, roomId, 'org.note', { roomId })
  await node.accountData.put(bob, undefined, 'org.setting', { on: true })
  await node.caughtUp()
  const extensions = { account_data: { enabled: true } }
  const top = { lists: { top: { range: [0, 0] as [number, number], timeline_limit: 1 } }, extensions }
  let answer = await slidingSync(node, bob, top)
  assert.deepEqual(types(answer.extensions.account_data?.global).sort(), ['m.push_rules', 'org.setting'])
  assert.deepEqual(Object.keys(answer.extensions.account_data?.rooms ?? {}), [shown])
  answer = await slidingSync(node, bob, { ...top, pos: answer.pos })
  assert.equal(answer.extensions.account_data, undefined)

  await node.accountData.put(bob, hidden, 'org.note', { changed: true })
  await node.accountData.put(bob, undefined, 'org.setting', { on: false })
  await node.caughtUp()
  const { extensions: _, ...silent } = top
  answer = await slidingSync(node, bob, { ...silent, pos: answer.pos })
  assert.deepEqual(answer.extensions, {})
  answer = await slidingSync(node, bob, { ...everyRoom(1), extensions, pos: answer.pos })
  assert.deepEqual(types(answer.extensions.account_data?.global), ['org.setting'])
  assert.deepEqual(answer.extensions.account_data?.rooms[hidden]?.[0]?.content, { changed: true })
})

test('receipts and typing are told of the rooms that the client follows', async (t) => {
  const [node] = await syncNodes(t)
  const ann = await registerPerson(node.http, 'ann')
  const followed = await node.room([ann.userId, bob])
  const other = await node.room([ann.userId, bob])
  const extensions = {
    receipts: { enabled: true, lists: [], rooms: ['*'] },
    typing: { enabled: true, lists: [], rooms: [followed] },
  }
  const subscribed = {
    ...everyRoom(1),
    room_subscriptions: { [followed]: { timeline_limit: 1, required_state: [] } },
    extensions,
  }
  const said = new Map<string, string>()
  for (const roomId of [followed, other]) said.set(roomId, await node.say(roomId, bob, 'read me'))
  let answer = await slidingSync(node, bob, subscribed)
  assert.deepEqual(answer.extensions, {})
  for (const roomId of [followed, other]) {
    await ann.call('POST', `rooms/${roomId}/receipt/m.read/${said.get(roomId)}`, {})
    await ann.call('PUT', `rooms/${roomId}/typing/${ann.userId}`, { typing: true, timeout: 30_000 })
  }
  await node.caughtUp()
  answer = await slidingSync(node, bob, { ...subscribed, pos: answer.pos })
  assert.deepEqual(Object.keys(answer.extensions.receipts?.rooms ?? {}), [followed])
  assert.deepEqual(Object.keys(answer.extensions.receipts?.rooms[followed]?.content ?? {}), [
    said.get(followed),
  ])
  assert.deepEqual(answer.extensions.typing?.rooms, {
    [followed]: { type: 'm.typing', content: { user_ids: [ann.userId] } },
  })
  answer = await slidingSync(node, bob, { ...subscribed, pos: answer.pos })
  assert.deepEqual(answer.extensions, {})
  // What the client turns to now, it learns at once, though it happened before.
  const turned = {
    ...everyRoom(1),
    room_subscriptions: { [other]: { timeline_limit: 1, required_state: [] } },
    extensions: { receipts: extensions.receipts, typing: { enabled: true } },
  }
  answer = await slidingSync(node, bob, { ...turned, pos: answer.pos })
  assert.deepEqual(Object.keys(answer.extensions.receipts?.rooms ?? {}), [other])
  assert.deepEqual(Object.keys(answer.extensions.typing?.rooms ?? {}), [other])
})

test('reading on one device tells the unread counts to the others', async (t) => {
  const [node] = await syncNodes(t)
  const ann = await registerPerson(node.http, 'ann')
  const roomId = await node.room([alice, ann.userId])
  const eventId = await node.say(roomId, alice, 'read me')
  let answer = await slidingSync(node, ann.userId, everyRoom(1))
  assert.equal(answer.rooms[roomId]?.notification_count, 1)
  await ann.call('POST', `rooms/${roomId}/receipt/m.read/${eventId}`, {})
  await node.caughtUp()
  answer = await slidingSync(node, ann.userId, { ...everyRoom(1), pos: answer.pos })
  assert.equal(answer.rooms[roomId]?.notification_count, 0)
  assert.equal(answer.rooms[roomId]?.timeline, undefined)
})

test('to-device messages are given until a token that covers them comes back', async (t) => {
  const [node] = await syncNodes(t)
  const ann = await registerPerson(node.http, 'ann')
  const sliding = '/_matrix/client/unstable/org.matrix.simplified_msc3575/sync'
  for (const n of [1, 2, 3])
    await ann.call('PUT', `sendToDevice/org.hello/${n}`, {
      messages: { [ann.userId]: { [ann.deviceId]: { n } } },
    })
  await node.caughtUp()
  const ask = async (since?: string) => {
    const toDevice = { enabled: true, limit: 2, ...(since === undefined ? {} : { since }) }
    const { body } = await ann.call('POST', sliding, { extensions: { to_device: toDevice } })
    const { events, next_batch: next } = body.extensions.to_device
    return { next, numbers: events.map(({ content }: { content: { n: number } }) => content.n) }
  }
  const first = await ask()
  assert.deepEqual(first.numbers, [1, 2])
  assert.deepEqual((await ask()).numbers, [1, 2])
  const second = await ask(first.next)
  assert.deepEqual(second.numbers, [3])
  assert.deepEqual((await ask()).numbers, [3])
  assert.deepEqual((await ask(second.next)).numbers, [])
})

test('device lists name people of encrypted rooms that no list shows, also after a while without asking', async (t) => {
  const [node] = await syncNodes(t)
  const roomId = await node.room([alice, bob])
  await node.send(roomId, alice, {
    type: 'm.room.encryption',
    stateKey: '',
    content: { algorithm: 'm.megolm.v1.aes-sha2' },
  })
  const extensions = { e2ee: { enabled: true } }
  let answer = await slidingSync(node, bob, { conn_id: 'encryption', extensions })
  assert.deepEqual(answer.extensions.e2ee, {
    device_one_time_keys_count: answer.extensions.e2ee?.device_one_time_keys_count,
    device_unused_fallback_key_types: [],
  })
  await node.send(roomId, carol, member(carol, 'join'))
  answer = await slidingSync(node, bob, { conn_id: 'encryption', pos: answer.pos })
  answer = await slidingSync(node, bob, { conn_id: 'encryption', pos: answer.pos, extensions })
  assert.deepEqual(answer.extensions.e2ee?.device_lists, { changed: [carol], left: [] })
  await node.send(roomId, carol, member(carol, 'leave'))
  answer = await slidingSync(node, bob, { conn_id: 'encryption', pos: answer.pos, extensions })
  assert.deepEqual(answer.extensions.e2ee?.device_lists, { changed: [], left: [carol] })
})
