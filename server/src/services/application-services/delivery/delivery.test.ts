import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { testNodes } from '../../../platform/testing/app.ts'
import { type Person, registerPerson, request } from '../../identity/testing.ts'
import { connected, isTransaction, type TestBridge, testBridge } from '../testing.ts'

const service = 'm.login.application_service'

test('a service is told of rooms that its people are in, from their invitation on, and of no others', async (t) => {
  const { bridge, alice, as, said } = await fixture(t)
  const roomId = await room(alice)
  await say(alice, roomId, 'before')
  await as('POST', 'register', { type: service, username: '_irc_ann' })
  await alice.call('POST', `rooms/${roomId}/invite`, { user_id: '@_irc_ann:dure.test' })
  await say(alice, roomId, 'while invited')
  await as('POST', `join/${roomId}?user_id=@_irc_ann:dure.test`, {})
  await say(alice, roomId, 'while joined')
  const elsewhere = await room(alice)
  await say(alice, elsewhere, 'elsewhere')
  await alice.call('POST', `rooms/${roomId}/kick`, { user_id: '@_irc_ann:dure.test' })
  await say(alice, roomId, 'after')
  await as('POST', `join/${roomId}?user_id=@_irc_ann:dure.test`, {})
  await say(alice, roomId, 'again')
  await said('again')

  const bodies = bridge.events().flatMap(({ content }) => ('body' in content ? [content.body] : []))
  assert.deepEqual(bodies, ['while joined', 'again'])
  const memberships = bridge
    .events()
    .flatMap(({ content }) => ('membership' in content ? [content.membership] : []))
  assert.deepEqual(memberships, ['invite', 'join', 'leave', 'join'])
  const [first] = bridge.requests.filter(isTransaction)
  assert.equal(first?.method, 'PUT')
  assert.match(first.path, /^\/_matrix\/app\/v1\/transactions\/[^/]+$/)
  assert.equal(first.authorization, 'Bearer hs-token-of-irc-0123456789')
  const [invite] = JSON.parse(first.text).events
  assert.equal(invite.room_id, roomId)
  assert(invite.unsigned.invite_room_state.length > 0)
})

test('rooms are told of by their id and by their alias as well', async (t) => {
  const byId = await testBridge(t, { id: 'log' }, { rooms: [{ regex: '!.*', exclusive: false }] })
  const { bridge, alice, as, said } = await fixture(t, { others: [byId] })
  const { room_id: roomId } = (
    await as('POST', 'createRoom', { preset: 'public_chat', room_alias_name: '_irc_lobby' })
  ).body
  await alice.call('POST', `join/${roomId}`, {})
  await as('POST', `rooms/${roomId}/leave`, {})
  await say(alice, roomId, 'still told')
  await said('still told')
  const other = await room(alice)
  await say(alice, other, 'logged')
  await byId.until(({ text }) => text.includes('"logged"'))
  assert(!bridge.events().some(({ room_id }) => room_id === other))
})

test('a transaction is sent again as it was until it is confirmed, and nothing overtakes it', async (t) => {
  const { bridge, alice, inside, as } = await fixture(t)
  const roomId = await inside()
  let refusals = 2
  bridge.answer(({ path }) =>
    path.includes('/transactions/') && refusals-- > 0 ? { status: 500 } : { status: 200 },
  )
  const before = bridge.requests.length
  await say(alice, roomId, 'first')
  await bridge.until(({ text }) => text.includes('"first"'))
  await say(alice, roomId, 'second')
  // A service that shows that it is there is not kept waiting.
  while (!bridge.events().some(({ content }) => 'body' in content && content.body === 'second')) {
    const ping = await as('POST', '/_matrix/client/v1/appservice/irc/ping', { transaction_id: 'x' })
    assert.equal(ping.status, 200)
  }
  const sent = bridge.requests.slice(before).filter(isTransaction)
  assert.deepEqual(
    sent.map(({ text }) => (text.includes('"first"') ? 'first' : 'second')),
    ['first', 'first', 'first', 'second'],
  )
  assert.equal(new Set(sent.slice(0, 3).map(({ path }) => path)).size, 1)
  assert.equal(new Set(sent.slice(0, 3).map(({ text }) => text)).size, 1)
})

test('when the node that sends ends, another goes on where it was', async (t) => {
  const { bridge, nodes, alice, inside, said } = await fixture(t, { count: 2 })
  const roomId = await inside()
  const bodies: string[] = []
  for (let index = 0; index < 5; index++) {
    bodies.push(`message ${index}`)
    await say(alice, roomId, `message ${index}`)
  }
  // Whichever of the two sends: one of them is left.
  await nodes[0]?.close()
  const there = nodes[1]
  assert(there)
  for (let index = 5; index < 10; index++) {
    bodies.push(`message ${index}`)
    const path = `/_matrix/client/v3/rooms/${roomId}/send/m.room.message/m${index}`
    const body = { msgtype: 'm.text', body: `message ${index}` }
    const answer = await request(there.http, 'PUT', path, { token: alice.token, body })
    assert.equal(answer.status, 200)
  }
  await said('message 9')
  const told = bridge.events().flatMap(({ content }) => ('body' in content ? [content.body] : []))
  assert.deepEqual(told, bodies)
})

test('typing, receipts and presence are told to services that want them, private receipts of their own people only', async (t) => {
  const { bridge, alice, inside, as, said } = await fixture(t, { changes: { receive_ephemeral: true } })
  const roomId = await inside()
  const eventId = await say(alice, roomId, 'read this')
  // Which ends that she types.
  await said('read this')
  await alice.call('PUT', `rooms/${roomId}/typing/${alice.userId}`, { typing: true, timeout: 30_000 })
  const { text: typing } = await bridge.until(({ text }) => text.includes('m.typing'))
  assert.deepEqual(ofType(typing, 'm.typing'), [
    { type: 'm.typing', room_id: roomId, content: { user_ids: [alice.userId] } },
  ])
  await alice.call('POST', `rooms/${roomId}/receipt/m.read.private/${eventId}`, {})
  await alice.call('POST', `rooms/${roomId}/receipt/m.read/${eventId}`, { thread_id: 'main' })
  const { text: receipt } = await bridge.until(({ text }) => text.includes('"m.read"'))
  const [shown] = ofType(receipt, 'm.receipt') as { room_id: string; content: Record<string, object> }[]
  assert.equal(shown?.room_id, roomId)
  assert.deepEqual(Object.keys(shown.content[eventId] ?? {}), ['m.read'])
  await as('POST', `rooms/${roomId}/receipt/m.read.private/${eventId}`, {})
  await bridge.until(({ text }) => text.includes('"m.read.private"') && text.includes('_irc_bot'))
  await alice.call('PUT', `presence/${alice.userId}/status`, { presence: 'online', status_msg: 'here I am' })
  await bridge.until(({ text }) => text.includes('here I am'))
  assert(!bridge.requests.some(({ text }) => text.includes('m.read.private') && text.includes('@alice')))
})

test('services that did not ask for it are told of no typing', async (t) => {
  const { bridge, alice, inside, said } = await fixture(t)
  const roomId = await inside()
  await alice.call('PUT', `rooms/${roomId}/typing/${alice.userId}`, { typing: true, timeout: 30_000 })
  await say(alice, roomId, 'typed')
  await said('typed')
  assert(!bridge.requests.some(({ text }) => text.includes('ephemeral')))
})

test('a service that knows the older paths alone is told there', async (t) => {
  const { bridge, alice, inside } = await fixture(t)
  bridge.answer(({ path }) => ({ status: path.startsWith('/_matrix/app/v1') ? 404 : 200 }))
  const roomId = await inside({ untold: true })
  await say(alice, roomId, 'the old way')
  const { path } = await bridge.until(
    ({ path, text }) => text.includes('the old way') && path.startsWith('/transactions/'),
  )
  assert.match(path, /^\/transactions\/[^/]+$/)
})

function ofType(text: string, wanted: string): unknown[] {
  return JSON.parse(text).ephemeral.filter(({ type }: { type: string }) => type === wanted)
}

async function room(person: Person): Promise<string> {
  return (await person.call('POST', 'createRoom', { preset: 'public_chat' })).body.room_id
}

async function say(person: Person, roomId: string, body: string): Promise<string> {
  const path = `rooms/${roomId}/send/m.room.message/${encodeURIComponent(body)}`
  const { status, body: answer } = await person.call('PUT', path, { msgtype: 'm.text', body })
  assert.equal(status, 200)
  return answer.event_id
}

async function fixture(
  t: TestContext,
  options: { changes?: Record<string, unknown>; others?: TestBridge[]; count?: number } = {},
) {
  const bridge = await testBridge(t, options.changes)
  const environment = connected(bridge, ...(options.others ?? []))
  const nodes = await testNodes(t, options.count ?? 1, { environment })
  const [node] = nodes
  assert(node)
  const http = nodes.at(-1)?.http ?? node.http
  const as = (method: 'GET' | 'POST', path: string, body?: unknown) =>
    request(http, method, path, { token: bridge.token, ...(body === undefined ? {} : { body }) })
  const said = (body: string) => bridge.until(({ text }) => text.includes(JSON.stringify(body)))
  const alice = await registerPerson(http, 'alice')
  return {
    bridge,
    nodes,
    alice,
    as,
    said,
    /** A room of alice's that the service's bot has joined. */
    async inside({ untold = false } = {}) {
      const roomId = await room(alice)
      await as('POST', `join/${roomId}`, {})
      if (!untold) await bridge.until(({ text }) => text.includes(roomId))
      return roomId
    },
  }
}
