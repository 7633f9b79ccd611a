import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { codeOf, roomsRoutesFixture, type TestPerson } from '../../rooms/routes/testing.ts'
import { member, message } from '../../rooms/testing.ts'

type Listed = {
  notifications: {
    actions: unknown[]
    event: { event_id: string; room_id?: string }
    read: boolean
    room_id: string
    ts: number
  }[]
  next_token?: string
}

async function fixture(t: TestContext) {
  const base = await roomsRoutesFixture(t, ['alice', 'bob', 'carol'])
  const { people, room, append, call } = base
  const [alice, bob, carol] = people
  assert(alice && bob && carol)
  const roomId = await room([alice, bob, carol])
  const say = (who: TestPerson, body: string, where = roomId) => append(where, who, message(body))
  const list = async (who: TestPerson, query = '') =>
    (await call(who, 'GET', `/notifications${query}`)).body as unknown as Listed
  const ids = ({ notifications }: Listed) => notifications.map(({ event }) => event.event_id)
  return { ...base, alice, bob, carol, roomId, say, list, ids }
}

test('notifications of all rooms are listed, the newest first, with what the rules say', async (t) => {
  const { alice, bob, roomId, say, list, ids, room, append } = await fixture(t)
  const other = await room([alice, bob])
  const first = await say(bob, 'one')
  const second = await say(bob, 'two', other)
  await say(alice, 'my own')
  const mention = await append(roomId, bob, message('you', { 'm.mentions': { user_ids: [alice.userId] } }))
  const relation = { rel_type: 'm.annotation', event_id: first, key: '👍' }
  await append(roomId, bob, { type: 'm.reaction', content: { 'm.relates_to': relation } })
  const listed = await list(alice)
  assert.deepEqual(ids(listed), [mention, second, first])
  const [newest, , oldest] = listed.notifications
  assert.deepEqual(newest?.actions, [
    'notify',
    { set_tweak: 'sound', value: 'default' },
    { set_tweak: 'highlight' },
  ])
  assert.deepEqual(oldest?.actions, ['notify'])
  assert.deepEqual([oldest?.room_id, oldest?.read, typeof oldest?.ts], [roomId, false, 'number'])
  assert.equal('room_id' in (oldest?.event ?? {}), false)
  assert.deepEqual(ids(await list(alice, '?only=highlight')), [mention])
})

test('pages follow one another, through rooms of any length', async (t) => {
  const { alice, bob, say, list, ids, room } = await fixture(t)
  const other = await room([alice, bob])
  const said: string[] = []
  for (let i = 0; i < 60; i++) said.push(await say(bob, `${i}`, i % 10 === 0 ? other : undefined))
  const found: string[] = []
  let next: string | undefined
  do {
    const page: Listed = await list(alice, `?limit=7${next === undefined ? '' : `&from=${next}`}`)
    found.push(...ids(page))
    next = page.next_token
  } while (next !== undefined)
  assert.deepEqual(found, said.toReversed())
})

test('what has been read is marked so', async (t) => {
  const { alice, bob, roomId, say, list, call, platform } = await fixture(t)
  const first = await say(bob, 'one')
  await say(bob, 'two')
  await call(alice, 'POST', `/rooms/${roomId}/receipt/m.read.private/${first}`, {})
  await platform.stream.reached(await platform.stream.head(), t.signal)
  assert.deepEqual(
    (await list(alice)).notifications.map(({ read }) => read),
    [false, true],
  )
})

test('nobody is notified of what came before them, of ignored people, or in rooms that they left', async (t) => {
  const { alice, bob, carol, roomId, say, list, ids, append, call, room } = await fixture(t)
  const other = await room([alice])
  await say(alice, 'before', other)
  await append(other, bob, member(bob.userId, 'join'))
  const after = await say(alice, 'after', other)
  await call(bob, 'PUT', `/profile/${bob.userId}/displayname`, { displayname: 'Bobby' })
  assert.deepEqual(ids(await list(bob)), [after])
  await say(carol, 'ignored')
  await call(bob, 'PUT', `/user/${bob.userId}/account_data/m.ignored_user_list`, {
    ignored_users: { [carol.userId]: {} },
  })
  assert.deepEqual(ids(await list(bob)), [after])
  await say(alice, 'left behind', roomId)
  await append(roomId, bob, member(bob.userId, 'leave'))
  assert.deepEqual(ids(await list(bob)), [after])
  assert.deepEqual(codeOf(await call(bob, 'GET', '/notifications?from=x')), [400, 'M_INVALID_PARAM'])
})
