import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { codeOf, eventIdsOf, roomsRoutesFixture } from './testing.ts'

async function fixture(t: TestContext) {
  const { people, room, call } = await roomsRoutesFixture(t, ['alice', 'bob', 'carol'])
  const [alice, bob, carol] = people
  assert(alice && bob && carol)
  const roomId = await room([alice, bob])
  const send = (
    who: typeof alice,
    body: Record<string, unknown>,
    txn: string = randomUUID(),
    type = 'm.room.message',
  ) => call(who, 'PUT', `/rooms/${encodeURIComponent(roomId)}/send/${type}/${txn}`, body)
  const path = (rest: string) => `/rooms/${encodeURIComponent(roomId)}/${rest}`
  return { alice, bob, carol, roomId, send, call, path }
}

test('a message can be sent and read back, by members only', async (t) => {
  const { alice, bob, carol, send, call, path, roomId } = await fixture(t)
  const sent = await send(alice, { msgtype: 'm.text', body: 'hello' })
  assert.equal(sent.status, 200)
  const eventId = String(sent.body['event_id'])
  const read = await call(bob, 'GET', path(`event/${encodeURIComponent(eventId)}`))
  assert.equal(read.status, 200)
  const { event_id, room_id, sender, type, content, origin_server_ts } = read.body
  assert.deepEqual(
    { event_id, room_id, sender, type, content },
    {
      event_id: eventId,
      room_id: roomId,
      sender: alice.userId,
      type: 'm.room.message',
      content: { msgtype: 'm.text', body: 'hello' },
    },
  )
  assert.equal(typeof origin_server_ts, 'number')
  assert.deepEqual(await call(carol, 'GET', path(`event/${encodeURIComponent(eventId)}`)).then(codeOf), [
    404,
    'M_NOT_FOUND',
  ])
  assert.deepEqual(await send(carol, { body: 'let me in' }).then(codeOf), [403, 'M_FORBIDDEN'])
  assert.deepEqual(await call(bob, 'GET', path('event/$nothing')).then(codeOf), [404, 'M_NOT_FOUND'])
})

test('the same transaction id sends once; another person, device or path sends again', async (t) => {
  const { alice, bob, send } = await fixture(t)
  const first = await send(alice, { body: 'once' }, 'txn')
  assert.deepEqual((await send(alice, { body: 'once' }, 'txn')).body, first.body)
  assert.deepEqual((await send(alice, { body: 'changed my mind' }, 'txn')).body, first.body)
  assert.notDeepEqual((await send(bob, { body: 'once' }, 'txn')).body, first.body)
  assert.notDeepEqual((await send(alice, { body: 'once' }, 'txn', 'org.example.other')).body, first.body)
})

test('the sender sees the transaction id on their own session only', async (t) => {
  const { alice, bob, send, call, path } = await fixture(t)
  const { body } = await send(alice, { body: 'mine' }, 'my-txn')
  const event = path(`event/${encodeURIComponent(String(body['event_id']))}`)
  assert.equal(unsigned((await call(alice, 'GET', event)).body)['transaction_id'], 'my-txn')
  assert.equal(unsigned((await call(bob, 'GET', event)).body)['transaction_id'], undefined)
})

test('bad requests are refused with their codes and write nothing', async (t) => {
  const { alice, call, path, send } = await fixture(t)
  const before = await messages(call, alice, path)
  assert.deepEqual(codeOf(await send(alice, { n: 1.5 } as never)), [400, 'M_BAD_JSON'])
  assert.deepEqual(codeOf(await send(alice, { body: 'x'.repeat(66_000) })), [413, 'M_TOO_LARGE'])
  assert.deepEqual(codeOf(await send(alice, {}, 'a'.repeat(1000))), [400, 'M_INVALID_PARAM'])
  assert.deepEqual(codeOf(await send(alice, {}, 'txn', 'x'.repeat(300))), [413, 'M_TOO_LARGE'])
  assert.deepEqual(codeOf(await call(alice, 'PUT', path('send/m.room.message/t'), [] as never)), [
    400,
    'M_BAD_JSON',
  ])
  assert.deepEqual(codeOf(await call(alice, 'PUT', '/rooms/!nowhere:dure.test/send/m.room.message/t', {})), [
    403,
    'M_FORBIDDEN',
  ])
  assert.deepEqual(codeOf(await call(alice, 'POST', path('send/m.room.message/t'), {})), [
    405,
    'M_UNRECOGNIZED',
  ])
  assert.deepEqual(await messages(call, alice, path), before)
})

test('redacting takes the content away for everybody, and only those who may do it', async (t) => {
  const { alice, bob, send, call, path } = await fixture(t)
  const eventId = String((await send(alice, { body: 'regretted' })).body['event_id'])
  const redact = (who: typeof alice, txn: string) =>
    call(who, 'PUT', path(`redact/${encodeURIComponent(eventId)}/${txn}`), { reason: 'oops' })
  assert.deepEqual(codeOf(await redact(bob, 'b')), [403, 'M_FORBIDDEN'])
  const redaction = await redact(alice, 'a')
  assert.equal(redaction.status, 200)
  assert.deepEqual((await redact(alice, 'a')).body, redaction.body)
  const { body } = await call(bob, 'GET', path(`event/${encodeURIComponent(eventId)}`))
  assert.deepEqual(body['content'], {})
  const because = unsigned(body)['redacted_because'] as Record<string, unknown>
  assert.equal(because['event_id'], redaction.body['event_id'])
})

test('context gives what lies around an event, with tokens to go on in both directions', async (t) => {
  const { alice, bob, carol, send, call, path } = await fixture(t)
  const ids: string[] = []
  for (let i = 0; i < 7; i++) ids.push(String((await send(alice, { body: `${i}` })).body['event_id']))
  const { status, body } = await call(bob, 'GET', path(`context/${encodeURIComponent(ids[3] ?? '')}?limit=4`))
  assert.equal(status, 200)
  assert.deepEqual(eventIdsOf([body['event']]), [ids[3]])
  assert.deepEqual(eventIdsOf(body['events_before']), [ids[2], ids[1]])
  assert.deepEqual(eventIdsOf(body['events_after']), [ids[4], ids[5]])
  assert((body['state'] as unknown[]).length > 3)
  const back = await call(bob, 'GET', path(`messages?dir=b&limit=1&from=${body['start']}`))
  assert.deepEqual(eventIdsOf(back.body['chunk']), [ids[0]])
  const on = await call(bob, 'GET', path(`messages?dir=f&limit=5&from=${body['end']}`))
  assert.deepEqual(eventIdsOf(on.body['chunk']), [ids[6]])
  assert.deepEqual(codeOf(await call(carol, 'GET', path(`context/${encodeURIComponent(ids[3] ?? '')}`))), [
    404,
    'M_NOT_FOUND',
  ])
})

type Call = Awaited<ReturnType<typeof fixture>>['call']

async function messages(call: Call, who: { userId: string; token: string }, path: (rest: string) => string) {
  return eventIdsOf((await call(who, 'GET', path('messages?dir=b&limit=100'))).body['chunk'])
}

function unsigned(event: Record<string, unknown>): Record<string, unknown> {
  return (event['unsigned'] ?? {}) as Record<string, unknown>
}
