import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testApp } from '../../src/platform/testing/app.ts'
import { atEnd } from '../../src/platform/testing/cleanup.ts'
import { eventIn, eventually, registerDevice } from './js-sdk-device.ts'
import { nioIsMissing, nioPerson } from './nio-person.ts'

type Seen = { id: string; sender: string; encrypted: boolean; content: Record<string, unknown> }

const password = 'correct horse battery staple'
/** matrix-nio 0.20 knows rooms whose create event names the creator, as it did up to this version. */
const version = '10'

test('two people with matrix-nio, a client in Python with libolm, talk in an encrypted room', {
  skip: nioIsMissing,
  timeout: 200_000,
}, async (t) => {
  const { http } = await testApp(t)
  const url = await http.listen({ host: '127.0.0.1', port: 0 })
  const alice = await nioPerson(t, url, 'register', { name: 'alice', password })
  const bob = await nioPerson(t, url, 'register', { name: 'bob', password })
  const both = [alice, bob]
  const users = both.map(({ userId }) => userId)

  const { room } = await alice.tell<{ room: string }>({
    do: 'create_encrypted_room',
    invite: [bob.userId],
    version,
  })
  await bob.tell({ do: 'wait', room, type: 'm.room.member', content: { membership: 'invite' } })
  await bob.tell({ do: 'join', room })
  for (const person of both) await person.tell({ do: 'know', room, users })

  await t.test('they read each other', async () => {
    for (const [from, to] of [both, both.toReversed()]) {
      assert(from && to)
      const body = `from ${from.userId}`
      const { id } = await from.tell<{ id: string }>({ do: 'send', room, body })
      const seen = await to.tell<Seen>({ do: 'wait', kind: 'event', id })
      assert.equal(seen.content['body'], body)
      assert(seen.encrypted)
      assert.equal(seen.sender, from.userId)
    }
  })

  await t.test('a file, encrypted by its sender, is opened by the other', async () => {
    const { id } = await alice.tell<{ id: string }>({ do: 'send_file', room, text: 'the minutes' })
    const { content } = await bob.tell<Seen>({ do: 'wait', kind: 'event', id })
    assert.deepEqual(await bob.tell({ do: 'open_file', file: content['file'] }), {
      status: 200,
      text: 'the minutes',
    })
  })

  await t.test('typing, receipts and names are seen', async () => {
    await alice.tell({ do: 'type', room })
    await bob.tell({ do: 'wait', kind: 'typing', users: [alice.userId] })
    const { id } = await alice.tell<{ id: string }>({ do: 'send', room, body: 'read this' })
    await bob.tell({ do: 'wait', kind: 'event', id })
    await bob.tell({ do: 'read', room, id })
    await alice.tell({ do: 'wait', kind: 'receipt', id, sender: bob.userId })
    assert.deepEqual(await bob.tell({ do: 'set_name', name: 'Bob B.' }), { name: 'Bob B.' })
    await alice.tell({ do: 'wait', type: 'm.room.member', content: { displayname: 'Bob B.' } })
  })

  await t.test('what is redacted is gone from the history', async () => {
    const { id } = await bob.tell<{ id: string }>({ do: 'send', room, body: 'forget this' })
    await alice.tell({ do: 'wait', kind: 'event', id })
    await bob.tell({ do: 'redact', room, id })
    await alice.tell({ do: 'wait', type: 'm.room.redaction', sender: bob.userId })
    const { events } = await alice.tell<{ events: Record<string, unknown>[] }>({ do: 'history', room })
    assert.deepEqual(events.find((event) => event['event_id'] === id)?.['content'], {})
    assert.deepEqual((await bob.tell<{ members: string[] }>({ do: 'members', room })).members.sort(), users)
  })

  await t.test('a second device reads what is written from then on', async (s) => {
    const phone = await nioPerson(s, url, 'log_in', { name: 'bob', password })
    await phone.tell({ do: 'know', room, users })
    await alice.tell({ do: 'know_devices', user: bob.userId, count: 2 })
    const { id } = await alice.tell<{ id: string }>({ do: 'send', room, body: 'to both of your devices' })
    for (const device of [bob, phone]) await device.tell({ do: 'wait', kind: 'event', id, encrypted: true })
  })
})

test('libolm in Python and vodozemac in matrix-js-sdk read each other in one room', {
  skip: nioIsMissing,
  timeout: 200_000,
}, async (t) => {
  const { http } = await testApp(t)
  const url = await http.listen({ host: '127.0.0.1', port: 0 })
  const python = await nioPerson(t, url, 'register', { name: 'python', password })
  const script = await registerDevice(url, 'script')
  atEnd(t, () => script.stop())
  const users = [python.userId, script.userId]

  const { room } = await python.tell<{ room: string }>({
    do: 'create_encrypted_room',
    invite: [script.userId],
    version,
  })
  await eventually('the invite arrives', () => script.client.getRoom(room)?.getMyMembership() === 'invite')
  await script.client.joinRoom(room)
  await python.tell({ do: 'know', room, users })

  const { id } = await python.tell<{ id: string }>({ do: 'send', room, body: 'hello from Python' })
  const received = await eventIn(script, room, 'the message from Python', (event) => event.getId() === id)
  assert.equal(received.getContent()['body'], 'hello from Python')
  assert(received.isEncrypted())

  const { event_id: answerId } = await script.client.sendTextMessage(room, 'hello from TypeScript')
  const seen = await python.tell<Seen>({ do: 'wait', kind: 'event', id: answerId })
  assert.equal(seen.content['body'], 'hello from TypeScript')
  assert(seen.encrypted)
})
