import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { JsonObject } from '../../../platform/json.ts'
import { member, message, state } from '../testing.ts'
import { codeOf, roomsRoutesFixture } from './testing.ts'

async function fixture(t: TestContext) {
  const base = await roomsRoutesFixture(t, ['alice', 'bob', 'carol'])
  const [alice, bob, carol] = base.people
  assert(alice && bob && carol)
  const roomId = await base.room([alice, bob], { historyVisibility: 'shared' })
  const preview = (who: typeof alice) => base.call(who, 'GET', `/rooms/${roomId}/initialSync`)
  return { ...base, alice, bob, carol, roomId, preview }
}

function bodiesOf(chunk: unknown): unknown[] {
  return (chunk as { content: JsonObject }[]).map(({ content }) => content['body']).filter(Boolean)
}

test('a member sees the newest messages, the state and what they have attached to the room', async (t) => {
  const { alice, roomId, preview, append, call } = await fixture(t)
  for (let i = 1; i <= 25; i++) await append(roomId, alice, message(`message ${i}`))
  await call(alice, 'PUT', `/user/${alice.userId}/rooms/${roomId}/account_data/org.example.note`, { n: 1 })
  await call(alice, 'PUT', `/directory/list/room/${roomId}`, {})
  const { status, body } = await preview(alice)
  assert.equal(status, 200)
  assert.deepEqual([body['room_id'], body['membership'], body['visibility']], [roomId, 'join', 'public'])
  assert.deepEqual(body['account_data'], [{ type: 'org.example.note', content: { n: 1 } }])
  const messages = body['messages'] as { chunk: unknown; start: string; end: string }
  assert.deepEqual(
    bodiesOf(messages.chunk),
    Array.from({ length: 20 }, (_, i) => `message ${i + 6}`),
  )
  const types = (body['state'] as { type: string }[]).map(({ type }) => type)
  assert(types.includes('m.room.create') && types.includes('m.room.power_levels'))
  const earlier = await call(alice, 'GET', `/rooms/${roomId}/messages?dir=b&limit=2&from=${messages.start}`)
  assert.deepEqual(bodiesOf(earlier.body['chunk']), ['message 5', 'message 4'])
})

test('former members see the room as it was when they left, strangers only what is world-readable', async (t) => {
  const { alice, bob, carol, roomId, preview, append } = await fixture(t)
  await append(roomId, alice, message('then'))
  await append(roomId, bob, member(bob.userId, 'leave'))
  await append(roomId, alice, message('now'))
  const seen = async (who: typeof alice) =>
    bodiesOf(((await preview(who)).body['messages'] as JsonObject)['chunk'])
  assert.deepEqual(await seen(bob), ['then'])
  assert.equal((await preview(bob)).body['membership'], 'leave')
  assert.deepEqual(codeOf(await preview(carol)), [403, 'M_FORBIDDEN'])
  await append(roomId, alice, state('m.room.history_visibility', { history_visibility: 'world_readable' }))
  await append(roomId, alice, message('for all'))
  assert.deepEqual(await seen(carol), ['for all'])
  assert.equal((await preview(carol)).body['membership'], undefined)
})

test('what is deprecated has no endpoint', async (t) => {
  const { alice, call } = await fixture(t)
  for (const path of ['/initialSync', '/events', '/events/$event'])
    assert.deepEqual(codeOf(await call(alice, 'GET', path)), [404, 'M_UNRECOGNIZED'])
})
