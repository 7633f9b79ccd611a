import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { sql } from '../../../platform/db/sql.ts'
import { codeOf, roomsRoutesFixture, type TestAnswer, type TestPerson } from '../../rooms/routes/testing.ts'
import { member, message, state } from '../../rooms/testing.ts'

type Category = {
  count: number
  highlights: string[]
  results: {
    rank: number
    result: { content: { body?: string }; event_id: string }
    context?: Record<string, unknown>
  }[]
  next_batch?: string
  groups: Record<string, Record<string, { order: number; results: string[] }>>
  state: Record<string, { type: string }[]>
}

async function fixture(t: TestContext) {
  const base = await roomsRoutesFixture(t, ['alice', 'bob', 'carol'])
  const { people, room, append, call } = base
  const [alice, bob, carol] = people
  assert(alice && bob && carol)
  const roomId = await room([alice, bob])
  const say = (who: TestPerson, body: string, where = roomId) => append(where, who, message(body))
  const ask = (who: TestPerson, criteria: object, query = ''): Promise<TestAnswer> =>
    call(who, 'POST', `/search${query}`, { search_categories: { room_events: criteria } })
  const search = async (who: TestPerson, criteria: object, query = ''): Promise<Category> => {
    const { status, body } = await ask(who, criteria, query)
    assert.equal(status, 200, JSON.stringify(body))
    return (body['search_categories'] as { room_events: Category }).room_events
  }
  const bodies = async (who: TestPerson, term: string, more: object = {}) =>
    (await search(who, { search_term: term, order_by: 'recent', ...more })).results.map(
      ({ result }) => result.content.body,
    )
  return { ...base, alice, bob, carol, roomId, say, ask, search, bodies }
}

test('words are found as people of each language expect it', async (t) => {
  const { alice, bob, say, bodies } = await fixture(t)
  for (const body of [
    '내일 학교에서 만나요',
    '집에 갈게',
    'Nasi itu sudah dimakan adik',
    'Anak-anak bersekolah di Bandung',
    'Xin chào Đức, hẹn gặp lại',
    'The quick brown fox',
    '明日は学校に行きます',
  ])
    await say(bob, body)
  for (const [term, body] of [
    ['학교', '내일 학교에서 만나요'],
    ['집', '집에 갈게'],
    ['내일 만나', '내일 학교에서 만나요'],
    ['makan', 'Nasi itu sudah dimakan adik'],
    ['SEKOLAH bandung', 'Anak-anak bersekolah di Bandung'],
    ['xin chao duc', 'Xin chào Đức, hẹn gặp lại'],
    ['hẹn gặp', 'Xin chào Đức, hẹn gặp lại'],
    ['fox quick', 'The quick brown fox'],
    ['学校', '明日は学校に行きます'],
  ] as const)
    assert.deepEqual(await bodies(alice, term), [body], term)
  for (const term of ['학원', 'quick dog', 'x', '', '...', 'foxes'])
    assert.deepEqual(await bodies(alice, term), [], term)
})

test('the newest come first, or those that fit best', async (t) => {
  const { alice, bob, say, search } = await fixture(t)
  const best = await say(bob, 'tea')
  const longer = await say(bob, 'we had a lot of steam and of tea with all of them')
  const inside = await say(bob, 'the whole team was there in the evening with everybody')
  const ids = async (order?: string) =>
    (await search(alice, { search_term: 'tea', order_by: order })).results.map(
      ({ result }) => result.event_id,
    )
  assert.deepEqual(await ids('recent'), [inside, longer, best])
  assert.deepEqual(await ids('rank'), [best, longer, inside])
  assert.deepEqual(await ids(), [best, longer, inside])
})

test('pages of a search fit together while people go on talking', async (t) => {
  const { alice, bob, say, search } = await fixture(t)
  const ids: string[] = []
  for (let i = 0; i < 5; i++) ids.push(await say(bob, `tea number ${i}`))
  const criteria = { search_term: 'tea', order_by: 'recent', filter: { limit: 2 } }
  const first = await search(alice, criteria)
  assert.deepEqual([first.count, first.highlights], [5, ['tea']])
  await say(bob, 'more tea')
  const second = await search(alice, criteria, `?next_batch=${first.next_batch}`)
  const third = await search(alice, criteria, `?next_batch=${second.next_batch}`)
  const found = [first, second, third].flatMap(({ results }) => results.map(({ result }) => result.event_id))
  assert.deepEqual([found, third.next_batch], [ids.toReversed(), undefined])
})

test('nobody finds what they may not see', async (t) => {
  const { alice, bob, carol, roomId, say, bodies, append, call, room } = await fixture(t)
  await append(roomId, alice, state('m.room.history_visibility', { history_visibility: 'joined' }))
  await say(alice, 'tea before carol')
  await append(roomId, carol, member(carol.userId, 'join'))
  await say(alice, 'tea with carol')
  await call(carol, 'POST', `/rooms/${roomId}/leave`, {})
  await say(alice, 'tea after carol')
  const other = await room([bob])
  await say(bob, 'tea elsewhere', other)
  assert.deepEqual(await bodies(carol, 'tea'), ['tea with carol'])
  assert.deepEqual(await bodies(alice, 'tea'), ['tea after carol', 'tea with carol', 'tea before carol'])
  await call(carol, 'POST', `/rooms/${roomId}/forget`)
  assert.deepEqual(await bodies(carol, 'tea'), [])
})

test('what was redacted, what ignored people said and encrypted rooms are not found', async (t) => {
  const { alice, bob, roomId, say, bodies, append, call, room, search, platform } = await fixture(t)
  const redacted = await say(bob, 'tea regretted')
  assert.deepEqual(await bodies(alice, 'tea'), ['tea regretted'])
  await append(roomId, bob, { type: 'm.room.redaction', content: {}, redacts: redacted })
  assert.equal((await search(alice, { search_term: 'tea' })).count, 0)
  assert.deepEqual(await platform.db.rows(sql`select 1 from search.entry where event_id = ${redacted}`), [])

  await say(bob, 'tea ignored')
  await call(alice, 'PUT', `/user/${alice.userId}/account_data/m.ignored_user_list`, {
    ignored_users: { [bob.userId]: {} },
  })
  assert.deepEqual(await bodies(alice, 'tea'), [])
  assert.deepEqual(await bodies(bob, 'tea'), ['tea ignored'])
  const secret = await room([alice])
  await say(alice, 'coffee', secret)
  assert.deepEqual(await bodies(alice, 'coffee'), ['coffee'])
  await append(secret, alice, state('m.room.encryption', { algorithm: 'm.megolm.v1.aes-sha2' }))
  assert.deepEqual(await bodies(alice, 'coffee'), [])
})

test('names and topics are searched under their keys, and filters choose', async (t) => {
  const { alice, bob, roomId, say, search, append, room } = await fixture(t)
  const name = await append(roomId, alice, state('m.room.name', { name: 'Tea house' }))
  const block = { 'm.text': [{ body: 'all about tea' }, { body: '<b>tea</b>', mimetype: 'text/html' }] }
  const topic = await append(roomId, alice, state('m.room.topic', { topic: 'leaves', 'm.topic': block }))
  const said = await say(bob, 'tea please')
  const other = await room([alice])
  const elsewhere = await say(alice, 'tea elsewhere', other)
  const ids = async (criteria: object) =>
    (await search(alice, { search_term: 'tea', order_by: 'recent', ...criteria })).results.map(
      ({ result }) => result.event_id,
    )
  assert.deepEqual(await ids({}), [elsewhere, said, topic, name])
  assert.deepEqual(await ids({ keys: ['content.name'] }), [name])
  assert.deepEqual(await ids({ keys: ['content.topic', 'content.body'] }), [elsewhere, said, topic])
  assert.deepEqual(await ids({ filter: { rooms: [other] } }), [elsewhere])
  assert.deepEqual(await ids({ filter: { senders: [bob.userId] } }), [said])
  assert.deepEqual(await ids({ filter: { not_types: ['m.room.message'] } }), [topic, name])
  assert.deepEqual(await ids({ filter: { rooms: [] } }), [])
})

test('context, state and groups come with the results when they are asked for', async (t) => {
  const { alice, bob, roomId, say, search } = await fixture(t)
  const ids: string[] = []
  for (const body of ['one', 'two', 'tea', 'three', 'four']) ids.push(await say(bob, body))
  const answer = await search(alice, {
    search_term: 'tea',
    event_context: { before_limit: 1, after_limit: 5, include_profile: true },
    include_state: true,
    groupings: { group_by: [{ key: 'room_id' }, { key: 'sender' }] },
  })
  const context = answer.results[0]?.context as Record<string, { event_id: string }[]>
  const idsOf = (name: string) => context[name]?.map((event) => event.event_id)
  assert.deepEqual([idsOf('events_before'), idsOf('events_after')], [[ids[1]], ids.slice(3)])
  assert.deepEqual(Object.keys(context['profile_info'] ?? {}), [bob.userId])
  const group = { order: 0, results: [ids[2]] }
  assert.deepEqual(answer.groups, { room_id: { [roomId]: group }, sender: { [bob.userId]: group } })
  assert(answer.state[roomId]?.some(({ type }) => type === 'm.room.create'))
})

test('a search without its category finds nothing, and one that is malformed is refused', async (t) => {
  const { alice, ask, call } = await fixture(t)
  const none = await call(alice, 'POST', '/search', { search_categories: {} })
  assert.deepEqual(none.body, { search_categories: {} })
  for (const criteria of [{}, { search_term: 7 }, { search_term: 'x', keys: ['content.secret'] }])
    assert.equal((await ask(alice, criteria)).status, 400)
  assert.deepEqual(codeOf(await ask(alice, { search_term: 'tea' }, '?next_batch=x')), [
    400,
    'M_INVALID_PARAM',
  ])
})
