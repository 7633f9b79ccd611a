import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { member, message, state } from '../testing.ts'
import { codeOf, eventIdsOf, roomsRoutesFixture, type TestPerson } from './testing.ts'

async function fixture(t: TestContext) {
  const base = await roomsRoutesFixture(t, ['alice', 'bob', 'carol'])
  const { people, room, call, append } = base
  const [alice, bob, carol] = people
  assert(alice && bob && carol)
  const roomId = await room([alice, bob])
  const say = (who: TestPerson, body: string) => append(roomId, who, message(body))
  const reply = (who: TestPerson, root: string) =>
    append(roomId, who, message('reply', { 'm.relates_to': { rel_type: 'm.thread', event_id: root } }))
  const threads = (who: TestPerson, query = '', inRoom = roomId) =>
    call(who, 'GET', `/_matrix/client/v1/rooms/${encodeURIComponent(inRoom)}/threads${query}`)
  const listed = async (who: TestPerson, query = '') => eventIdsOf((await threads(who, query)).body['chunk'])
  const ignore = (who: TestPerson, whom: TestPerson) =>
    call(who, 'PUT', `/user/${who.userId}/account_data/m.ignored_user_list`, {
      ignored_users: { [whom.userId]: {} },
    })
  return { ...base, alice, bob, carol, roomId, say, reply, threads, listed, ignore }
}

test('threads are listed by their latest reply, with what is bundled with their roots', async (t) => {
  const { alice, bob, say, reply, threads } = await fixture(t)
  const [first, second] = [await say(alice, '1'), await say(alice, '2')]
  await say(alice, 'no thread')
  await reply(bob, first)
  await reply(bob, second)
  const latest = await reply(bob, first)
  const { status, body } = await threads(alice)
  assert.deepEqual([status, eventIdsOf(body['chunk']), body['next_batch']], [200, [first, second], undefined])
  const [root] = body['chunk'] as { room_id: string; unsigned: Record<string, Record<string, unknown>> }[]
  const thread = root?.unsigned['m.relations']?.['m.thread'] as Record<string, { event_id: string }>
  assert.equal(thread['latest_event']?.event_id, latest)
  assert.equal(thread['count'], 2)
})

test('pages of threads follow one another', async (t) => {
  const { alice, bob, say, reply, threads } = await fixture(t)
  const roots: string[] = []
  for (let i = 0; i < 5; i++) roots.push(await say(alice, `${i}`))
  for (const root of [...roots, ...roots]) await reply(bob, root)
  const first = (await threads(alice, '?limit=2')).body
  const second = (await threads(alice, `?limit=2&from=${first['next_batch']}`)).body
  const third = (await threads(alice, `?limit=2&from=${second['next_batch']}`)).body
  assert.deepEqual(
    [first, second, third].flatMap(({ chunk }) => eventIdsOf(chunk)),
    roots.toReversed(),
  )
  assert.equal(third['next_batch'], undefined)
})

test('only threads that one took part in are listed when that is asked for', async (t) => {
  const { alice, bob, say, reply, listed } = await fixture(t)
  const [began, repliedTo, neither] = [await say(alice, '1'), await say(bob, '2'), await say(bob, '3')]
  await reply(bob, began)
  await reply(alice, repliedTo)
  await reply(bob, neither)
  assert.deepEqual(await listed(alice), [neither, repliedTo, began])
  assert.deepEqual(await listed(alice, '?include=participated'), [repliedTo, began])
})

test('replies by ignored people do not count, and their roots come without content', async (t) => {
  const { alice, bob, say, reply, threads, ignore, append, roomId } = await fixture(t)
  const carolsOnly = await say(alice, '1')
  const [root, other] = [await say(bob, 'from somebody ignored'), await say(alice, '2')]
  await reply(alice, root)
  await reply(alice, other)
  await reply(bob, carolsOnly)
  await reply(bob, root)
  await append(roomId, alice, message('in no thread'))
  await ignore(alice, bob)
  const { chunk } = (await threads(alice)).body as { chunk: { content: object }[] }
  assert.deepEqual(eventIdsOf(chunk), [other, root])
  assert.deepEqual(chunk[1]?.content, {})
  assert.notDeepEqual(chunk[0]?.content, {})
})

test('what may not be seen makes no thread, and a redacted reply none either', async (t) => {
  const { alice, bob, carol, roomId, say, reply, listed, append } = await fixture(t)
  await append(roomId, alice, state('m.room.history_visibility', { history_visibility: 'joined' }))
  const hidden = await say(alice, 'before carol came')
  await reply(bob, hidden)
  await append(roomId, carol, member(carol.userId, 'join'))
  const root = await say(alice, 'seen')
  const first = await reply(bob, root)
  assert.deepEqual(await listed(carol), [root])
  await append(roomId, bob, { type: 'm.room.redaction', content: {}, redacts: first })
  assert.deepEqual(await listed(carol), [])
})

test('strangers get no list, and a page needs a size and a token of this server', async (t) => {
  const { alice, carol, threads } = await fixture(t)
  assert.deepEqual(codeOf(await threads(carol)), [403, 'M_FORBIDDEN'])
  assert.deepEqual(codeOf(await threads(alice, '', '!none:dure.test')), [403, 'M_FORBIDDEN'])
  assert.deepEqual(codeOf(await threads(alice, '?limit=0')), [400, 'M_INVALID_PARAM'])
  assert.deepEqual(codeOf(await threads(alice, '?from=x')), [400, 'M_INVALID_PARAM'])
})
