import assert from 'node:assert/strict'
import { test } from 'node:test'
import { logIn, registerPerson, request } from '../../identity/testing.ts'
import { syncNodes } from '../testing/nodes.ts'

const path = '/_matrix/client/unstable/org.matrix.simplified_msc3575/sync'

test('what is too large or not of the form is refused, and says what', async (t) => {
  const [node] = await syncNodes(t)
  const ann = await registerPerson(node.http, 'ann')
  const times = <V>(count: number, value: V) => Array.from({ length: count }, () => value)
  const many = <V>(count: number, value: V) =>
    Object.fromEntries(times(count, value).map((each, n) => [`k${n}`, each]))
  const list = (more: object) => ({ lists: { a: { timeline_limit: 1, required_state: [], ...more } } })
  const plain = { timeline_limit: 1, required_state: [] }
  const allowed = [
    {},
    { lists: many(100, plain) },
    { room_subscriptions: many(100, plain) },
    list({ ranges: times(20, [0, 1]) }),
    list({ required_state: times(200, ['a', 'b']) }),
    list({ required_state: { include: times(200, {}), exclude: times(200, { type: 'a' }) } }),
    list({ filters: { tags: times(200, 'a') } }),
    list({ timeline_limit: 1_000_000, range: [0, 1_000_000] }),
    { conn_id: 'x'.repeat(255) },
  ]
  for (const body of allowed)
    assert.equal((await ann.call('POST', path, body)).status, 200, JSON.stringify(body).slice(0, 80))
  const refused: [object, string][] = [
    [{ lists: many(101, plain) }, '400 M_INVALID_PARAM sync.sliding_too_large'],
    [{ room_subscriptions: many(101, plain) }, '400 M_INVALID_PARAM sync.sliding_too_large'],
    [list({ ranges: times(21, [0, 1]) }), '400 M_INVALID_PARAM sync.sliding_too_large'],
    [list({ required_state: times(201, ['a', 'b']) }), '400 M_INVALID_PARAM sync.sliding_too_large'],
    [list({ required_state: { exclude: times(201, {}) } }), '400 M_INVALID_PARAM sync.sliding_too_large'],
    [list({ filters: { tags: times(201, 'a') } }), '400 M_INVALID_PARAM sync.sliding_too_large'],
    [
      { extensions: { typing: { enabled: true, lists: times(101, 'a') } } },
      '400 M_INVALID_PARAM sync.sliding_too_large',
    ],
    [list({ ranges: [[2, 1]] }), '400 M_INVALID_PARAM sync.sliding_invalid'],
    [{ lists: { 'a b': plain } }, '400 M_INVALID_PARAM sync.sliding_invalid'],
    [
      { extensions: { to_device: { enabled: true, since: 'x' } } },
      '400 M_INVALID_PARAM sync.sliding_invalid',
    ],
    [{ pos: 'x' }, '400 M_UNKNOWN_POS sync.position_unknown'],
    [{ pos: 's1' }, '400 M_UNKNOWN_POS sync.position_unknown'],
    [{ pos: 's1c5' }, '400 M_UNKNOWN_POS sync.position_unknown'],
  ]
  for (const [body, expected] of refused) {
    const { status, body: answer } = await ann.call('POST', path, body)
    assert.equal(`${status} ${answer.errcode} ${answer.code}`, expected, JSON.stringify(body).slice(0, 80))
  }
  for (const body of [
    list({ ranges: [[-1, 1]] }),
    list({ timeline_limit: -1 }),
    { conn_id: 'x'.repeat(256) },
    { lists: [] },
  ]) {
    const { status } = await ann.call('POST', path, body)
    assert.equal(status, 400, JSON.stringify(body).slice(0, 80))
  }
  assert.equal((await request(node.http, 'POST', path, { body: {} })).status, 401)
})

test('a position belongs to its person, device and connection, and ends with a newer one of that name', async (t) => {
  const [node] = await syncNodes(t)
  const ann = await registerPerson(node.http, 'ann')
  const tablet = await logIn(node.http, ann)
  const eve = await registerPerson(node.http, 'eve')
  const { body } = await ann.call('POST', path, { conn_id: 'main' })
  const ask = async (who: typeof ann, connId: string, pos: string) =>
    (await who.call('POST', `${path}?pos=${pos}`, { conn_id: connId })).status
  assert.equal(await ask(ann, 'main', body.pos), 200)
  assert.equal(await ask(ann, 'other', body.pos), 400)
  assert.equal(await ask(tablet, 'main', body.pos), 400)
  assert.equal(await ask(eve, 'main', body.pos), 400)
  assert.equal(await ask(ann, 'main', body.pos.replace(/^s\d+/, 's999999')), 400)
})

test('a device has a bounded number of connections, and none after its logout', async (t) => {
  const [here, there] = await syncNodes(t, {
    nodes: 2,
    environment: { DURE_SYNC_SLIDING_CONNECTIONS_MAX: '2', DURE_SYNC_SLIDING_MEMORY_ROOMS: '0' },
  })
  assert(there)
  const ann = await registerPerson(here.http, 'ann')
  const positions = new Map<string, string>()
  for (const connId of ['a', 'b', 'c'])
    positions.set(connId, (await ann.call('POST', path, { conn_id: connId })).body.pos)
  const statuses = await Promise.all(
    [...positions].map(
      async ([connId, pos]) => (await ann.call('POST', path, { conn_id: connId, pos })).status,
    ),
  )
  assert.deepEqual(statuses, [400, 200, 200])
})

test('a position is a token for the history before it', async (t) => {
  const [node] = await syncNodes(t)
  const ann = await registerPerson(node.http, 'ann')
  const { body: room } = await ann.call('POST', 'createRoom', {})
  await node.caughtUp()
  const { body } = await ann.call('POST', path, {})
  const messages = await ann.call('GET', `rooms/${room.room_id}/messages?dir=b&from=${body.pos}`)
  assert.equal(messages.status, 200)
  assert(messages.body.chunk.length > 3)
})
