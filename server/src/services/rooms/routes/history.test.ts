import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { member, message, state } from '../testing.ts'
import { codeOf, eventIdsOf, roomsRoutesFixture, type TestPerson } from './testing.ts'

async function fixture(t: TestContext, historyVisibility = 'shared') {
  const { people, room, call, append } = await roomsRoutesFixture(t, ['alice', 'bob', 'carol'])
  const [alice, bob, carol] = people
  assert(alice && bob && carol)
  const roomId = await room([alice, bob], { historyVisibility })
  const path = (rest: string) => `/rooms/${encodeURIComponent(roomId)}/${rest}`
  const say = (who: typeof alice, body: string) => append(roomId, who, message(body))
  const messages = async (who: typeof alice, query: string) => call(who, 'GET', path(`messages?${query}`))
  return { alice, bob, carol, roomId, call, path, say, messages, append }
}

const onlyMessages = `filter=${encodeURIComponent('{"types":["m.room.message"]}')}`

test('pages backwards and forwards give every event once, and end', async (t) => {
  const { alice, bob, say, messages } = await fixture(t)
  const ids: string[] = []
  for (let i = 0; i < 25; i++) ids.push(await say(alice, `${i}`))
  for (const [dir, expected] of [
    ['b', ids.toReversed()],
    ['f', ids],
  ] as const) {
    const found: unknown[] = []
    let from = ''
    for (let page = 0; page < 20; page++) {
      const { body } = await messages(bob, `dir=${dir}&limit=4&${onlyMessages}${from}`)
      found.push(...eventIdsOf(body['chunk']))
      if (body['end'] === undefined) break
      from = `&from=${body['end']}`
    }
    assert.deepEqual(found, expected)
  }
})

test('between two tokens both directions give the same events', async (t) => {
  const { alice, say, messages } = await fixture(t)
  for (let i = 0; i < 6; i++) await say(alice, `${i}`)
  const first = (await messages(alice, 'dir=b&limit=2')).body
  const second = (await messages(alice, `dir=b&limit=3&from=${first['end']}`)).body
  const [later, earlier] = [first['end'], second['end']]
  const forwards = (await messages(alice, `dir=f&limit=50&from=${earlier}&to=${later}`)).body
  const backwards = (await messages(alice, `dir=b&limit=50&from=${later}&to=${earlier}`)).body
  assert.equal(eventIdsOf(forwards['chunk']).length, 3)
  assert.deepEqual(eventIdsOf(forwards['chunk']), eventIdsOf(backwards['chunk']).toReversed())
})

test('who joins later sees what history visibility allows', async (t) => {
  for (const [visibility, expected] of [
    ['shared', 2],
    ['joined', 1],
    ['invited', 1],
    ['world_readable', 2],
  ] as const) {
    const { alice, carol, roomId, say, append, messages } = await fixture(t, visibility)
    await say(alice, 'before')
    await append(roomId, carol, member(carol.userId, 'join'))
    await say(alice, 'after')
    const { body } = await messages(carol, `dir=b&limit=50&${onlyMessages}`)
    assert.equal(eventIdsOf(body['chunk']).length, expected, visibility)
  }
})

test('who has left sees up to their leaving, and nothing later', async (t) => {
  const { alice, bob, roomId, say, append, messages } = await fixture(t)
  const before = await say(alice, 'before')
  const leave = await append(roomId, bob, member(bob.userId, 'leave'))
  const after = await say(alice, 'after')
  const ids = eventIdsOf((await messages(bob, 'dir=b&limit=50')).body['chunk'])
  assert.equal(ids[0], leave)
  assert(ids.includes(before))
  assert(!ids.includes(after))
})

test('strangers see nothing, except where the world may read', async (t) => {
  const closed = await fixture(t)
  assert.deepEqual(codeOf(await closed.messages(closed.carol, 'dir=b')), [403, 'M_FORBIDDEN'])
  assert.deepEqual(
    codeOf(await closed.call(closed.carol, 'GET', '/rooms/!nowhere:dure.test/messages?dir=b')),
    [403, 'M_FORBIDDEN'],
  )
  const open = await fixture(t, 'world_readable')
  assert.equal((await open.messages(open.carol, 'dir=b')).status, 200)
})

test('filters choose events, and lazy loading adds the senders', async (t) => {
  const { alice, bob, roomId, say, append, messages } = await fixture(t)
  await say(alice, 'one')
  await append(roomId, bob, message('picture', { url: 'mxc://x/y' }))
  const filter = (value: object) => `dir=b&limit=50&filter=${encodeURIComponent(JSON.stringify(value))}`
  const withUrl = (await messages(alice, filter({ contains_url: true, lazy_load_members: true }))).body
  assert.equal(eventIdsOf(withUrl['chunk']).length, 1)
  const lazy = withUrl['state'] as { state_key: string }[]
  assert.deepEqual(
    lazy.map((event) => event.state_key),
    [bob.userId],
  )
  assert.deepEqual((await messages(alice, filter({ types: [] }))).body['chunk'], [])
  assert.deepEqual((await messages(alice, filter({ not_rooms: [roomId] }))).body['chunk'], [])
  assert.equal(eventIdsOf((await messages(alice, filter({ limit: 1 }))).body['chunk']).length, 1)
})

test('a filter that lets nothing through still comes to an end', async (t) => {
  const { alice, say, messages } = await fixture(t)
  for (let i = 0; i < 30; i++) await say(alice, `${i}`)
  const { body } = await messages(
    alice,
    `dir=b&limit=5&filter=${encodeURIComponent('{"senders":["@nobody:x"]}')}`,
  )
  assert.deepEqual(body['chunk'], [])
  assert.equal(body['end'], undefined)
})

test('parameters that make no sense are refused', async (t) => {
  const { alice, messages } = await fixture(t)
  assert.deepEqual(codeOf(await messages(alice, '')), [400, 'M_MISSING_PARAM'])
  assert.deepEqual(codeOf(await messages(alice, 'dir=x')), [400, 'M_INVALID_PARAM'])
  assert.deepEqual(codeOf(await messages(alice, 'dir=b&from=nonsense')), [400, 'M_INVALID_PARAM'])
  assert.deepEqual(codeOf(await messages(alice, 'dir=b&limit=-1')), [400, 'M_INVALID_PARAM'])
  assert.deepEqual(codeOf(await messages(alice, 'dir=b&filter=%7B')), [400, 'M_INVALID_PARAM'])
})

test('the event nearest to a time is found in both directions, among those one may see', async (t) => {
  const { alice, carol, bob, roomId, say, append, call, path } = await fixture(t, 'joined')
  const hidden = await say(alice, 'hidden from carol')
  const { body: asAlice } = await call(alice, 'GET', path(`event/${encodeURIComponent(hidden)}`))
  await append(roomId, carol, member(carol.userId, 'join'))
  const last = await say(bob, 'last')
  const at = (dir: string, ts: number) =>
    `/_matrix/client/v1${path(`timestamp_to_event?dir=${dir}&ts=${ts}`)}`
  const hiddenAt = Number(asAlice['origin_server_ts'])
  // Another event may have the same millisecond, so the time is compared and not the id.
  assert.equal((await call(alice, 'GET', at('f', hiddenAt))).body['origin_server_ts'], hiddenAt)
  assert.notEqual((await call(carol, 'GET', at('f', hiddenAt))).body['event_id'], hidden)
  const newest = (await call(carol, 'GET', at('b', 9_999_999_999_999))).body
  assert.equal(newest['event_id'], last)
  assert.equal(typeof newest['origin_server_ts'], 'number')
  assert.deepEqual(codeOf(await call(alice, 'GET', at('b', 1))), [404, 'M_NOT_FOUND'])
  assert.deepEqual(
    codeOf(await call(alice, 'GET', `/_matrix/client/v1${path('timestamp_to_event?dir=f')}`)),
    [400, 'M_MISSING_PARAM'],
  )
})

test('state events are part of the history with what they replaced', async (t) => {
  const { alice, roomId, append, messages } = await fixture(t)
  await append(roomId, alice, state('m.room.topic', { topic: 'one' }))
  await append(roomId, alice, state('m.room.topic', { topic: 'two' }))
  const { body } = await messages(alice, 'dir=b&limit=1')
  const [event] = body['chunk'] as { unsigned: { prev_content?: unknown } }[]
  assert.deepEqual(event?.unsigned.prev_content, { topic: 'one' })
})

test('pages pass over what was said while one was away, in both directions', async (t) => {
  const { alice, bob, roomId, say, append, messages } = await fixture(t, 'joined')
  const seen: string[] = []
  for (let i = 0; i < 4; i++) seen.push(await say(alice, `first stay ${i}`))
  await append(roomId, bob, member(bob.userId, 'leave'))
  for (let i = 0; i < 9; i++) await say(alice, `unheard ${i}`)
  await append(roomId, bob, member(bob.userId, 'join'))
  for (let i = 0; i < 4; i++) seen.push(await say(alice, `second stay ${i}`))
  for (const [dir, expected] of [
    ['b', seen.toReversed()],
    ['f', seen],
  ] as const) {
    const found: string[] = []
    let from = ''
    for (let page = 0; page < 30; page++) {
      const { body } = await messages(bob, `dir=${dir}&limit=3${from}`)
      const chunk = body['chunk'] as { event_id: string; type: string }[]
      found.push(...chunk.filter(({ type }) => type === 'm.room.message').map((event) => event.event_id))
      if (body['end'] === undefined) break
      from = `&from=${body['end']}`
    }
    assert.deepEqual(found, expected)
  }
})

test('what somebody sent whom one ignores is left out, but for state', async (t) => {
  const { alice, bob, roomId, call, path, say, messages, append } = await fixture(t)
  const first = await say(alice, 'heard')
  const ignored = await say(bob, 'not heard')
  const topic = await append(roomId, bob, {
    type: 'm.room.member',
    stateKey: bob.userId,
    content: { membership: 'join', displayname: 'Bob' },
  })
  const reply = await append(roomId, bob, {
    type: 'm.room.message',
    content: { msgtype: 'm.text', body: 'r', 'm.relates_to': { rel_type: 'm.reference', event_id: first } },
  })
  await call(alice, 'PUT', `/user/${alice.userId}/account_data/m.ignored_user_list`, {
    ignored_users: { [bob.userId]: {} },
  })

  const shown = eventIdsOf((await messages(alice, 'dir=b&limit=4')).body['chunk'])
  const around = (await call(alice, 'GET', path(`context/${encodeURIComponent(first)}?limit=10`))).body
  const relations = `/_matrix/client/v1${path(`relations/${encodeURIComponent(first)}`)}`

  const single = async (who: TestPerson, what: string, eventId: string) =>
    codeOf(await call(who, 'GET', path(`${what}/${encodeURIComponent(eventId)}`)))

  for (const what of ['event', 'context']) {
    assert.deepEqual(await single(alice, what, ignored), [404, 'M_NOT_FOUND'])
    assert.equal((await single(alice, what, topic))[0], 200)
    assert.equal((await single(bob, what, ignored))[0], 200)
  }
  assert.deepEqual(shown.slice(0, 2), [topic, first])
  assert.deepEqual(eventIdsOf(around['events_after']), [topic])
  assert.deepEqual(eventIdsOf((await call(alice, 'GET', relations)).body['chunk']), [])
  assert.deepEqual(eventIdsOf((await call(bob, 'GET', relations)).body['chunk']), [reply])
  assert.ok(eventIdsOf((await messages(bob, 'dir=b&limit=5')).body['chunk']).includes(ignored))
})
