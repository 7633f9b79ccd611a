import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { sql } from '../../../platform/db/sql.ts'
import { message, type RoomOptions, state } from '../testing.ts'
import { codeOf, roomsRoutesFixture, type TestPerson } from './testing.ts'

const versions = ['6', '10', '11', '12']

async function fixture(t: TestContext, options: RoomOptions = {}) {
  const base = await roomsRoutesFixture(t, ['alice', 'bob', 'carol'])
  const [alice, bob, carol] = base.people
  assert(alice && bob && carol)
  const roomId = await base.room([alice], options)
  const post = (who: TestPerson, verb: string, body?: object) =>
    base.call(who, 'POST', `/rooms/${encodeURIComponent(roomId)}/${verb}`, body)
  const membership = (who: TestPerson) => base.services.rooms.membership(roomId, who.userId)
  async function memberEvents(): Promise<number> {
    const [row] = await base.platform.db.rows<{ count: number }>(sql`
      select count(*)::integer as count from rooms.event where room_id = ${roomId} and type = 'm.room.member'`)
    return row?.count ?? 0
  }
  const contentOf = async (who: TestPerson) =>
    (await base.services.rooms.state(roomId))?.event('m.room.member', who.userId)?.content
  return { ...base, alice, bob, carol, roomId, post, membership, memberEvents, contentOf }
}

for (const version of versions) {
  test(`in version ${version} people are invited, join, leave, are removed, banned and let in again`, async (t) => {
    const { alice, bob, carol, roomId, post, membership } = await fixture(t, { version, joinRule: 'invite' })
    const who = { user_id: bob.userId }
    assert.deepEqual(codeOf(await post(bob, 'join')), [403, 'M_FORBIDDEN'], 'not without an invite')
    assert.deepEqual(codeOf(await post(carol, 'invite', who)), [403, 'M_FORBIDDEN'], 'not by a stranger')
    assert.deepEqual((await post(alice, 'invite', { ...who, reason: 'Tea?' })).body, {})
    assert.equal(await membership(bob), 'invite')
    assert.deepEqual((await post(bob, 'join')).body, { room_id: roomId })
    assert.deepEqual(codeOf(await post(alice, 'invite', who)), [403, 'M_FORBIDDEN'], 'not who is here')

    assert.deepEqual(codeOf(await post(bob, 'kick', { user_id: alice.userId })), [403, 'M_FORBIDDEN'])
    assert.deepEqual((await post(alice, 'kick', { ...who, reason: 'No sugar' })).body, {})
    assert.equal(await membership(bob), 'leave')
    assert.deepEqual(codeOf(await post(alice, 'kick', who)), [403, 'M_FORBIDDEN'], 'not who has left')
    assert.deepEqual(codeOf(await post(alice, 'unban', who)), [403, 'M_BAD_STATE'])

    assert.deepEqual((await post(alice, 'ban', who)).body, {})
    assert.deepEqual(codeOf(await post(alice, 'invite', who)), [403, 'M_FORBIDDEN'], 'not who is banned')
    assert.deepEqual(codeOf(await post(bob, 'join')), [403, 'M_FORBIDDEN'])
    assert.deepEqual(codeOf(await post(alice, 'kick', who)), [403, 'M_FORBIDDEN'], 'a kick lifts no ban')
    assert.equal(await membership(bob), 'ban')
    assert.deepEqual(codeOf(await post(carol, 'unban', who)), [403, 'M_FORBIDDEN'])
    assert.deepEqual((await post(alice, 'unban', who)).body, {})
    assert.equal(await membership(bob), 'leave')

    assert.equal((await post(alice, 'invite', who)).status, 200)
    assert.deepEqual((await post(bob, 'leave', { reason: 'busy' })).body, {}, 'declining an invite')
    assert.equal(await membership(bob), 'leave')
  })
}

test('what is so already is answered as if it had just been done, and adds no event', async (t) => {
  const { alice, bob, roomId, post, memberEvents, call } = await fixture(t)
  assert.equal((await post(alice, 'invite', { user_id: bob.userId, reason: 'first' })).status, 200)
  const invited = await memberEvents()
  assert.equal((await post(alice, 'invite', { user_id: bob.userId })).status, 200)
  assert.equal(await memberEvents(), invited)
  assert.equal((await post(bob, 'join')).status, 200)
  const joined = await memberEvents()
  assert.deepEqual((await post(bob, 'join', {})).body, { room_id: roomId })
  assert.deepEqual((await call(bob, 'POST', `/join/${roomId}`)).body, { room_id: roomId })
  assert.equal(await memberEvents(), joined)
  assert.equal((await post(bob, 'leave')).status, 200)
  const left = await memberEvents()
  assert.equal((await post(bob, 'leave')).status, 200)
  assert.equal(await memberEvents(), left)
})

test('who has the power to invite is asked for it also when the invite stands already', async (t) => {
  const { alice, bob, carol, post } = await fixture(t, { powerLevels: { invite: 50 } })
  assert.equal((await post(bob, 'join')).status, 200)
  assert.equal((await post(alice, 'invite', { user_id: carol.userId })).status, 200)
  assert.deepEqual(codeOf(await post(bob, 'invite', { user_id: carol.userId })), [403, 'M_FORBIDDEN'])
})

test('member events carry reason, name and picture', async (t) => {
  const { alice, bob, post, call, contentOf } = await fixture(t)
  await call(bob, 'PUT', `/profile/${bob.userId}/displayname`, { displayname: 'Bob' })
  await call(bob, 'PUT', `/profile/${bob.userId}/avatar_url`, { avatar_url: 'mxc://dure.test/bob' })
  const shown = { displayname: 'Bob', avatar_url: 'mxc://dure.test/bob' }
  await post(bob, 'join', { reason: 'tea' })
  assert.deepEqual(await contentOf(bob), { ...shown, membership: 'join', reason: 'tea' })
  await post(alice, 'ban', { user_id: bob.userId, reason: 'sugar' })
  assert.deepEqual(await contentOf(bob), { ...shown, membership: 'ban', reason: 'sugar' })
  await post(alice, 'unban', { user_id: bob.userId })
  assert.deepEqual(await contentOf(bob), { ...shown, membership: 'leave' })
})

test('a room can be joined and knocked on by alias, and through servers that clients name', async (t) => {
  const { alice, bob, roomId, call } = await fixture(t)
  await call(alice, 'PUT', `/directory/room/${encodeURIComponent('#tea:dure.test')}`, { room_id: roomId })
  const byAlias = `/join/${encodeURIComponent('#tea:dure.test')}?via=a.test&via=b.test&server_name=c.test`
  assert.deepEqual((await call(bob, 'POST', byAlias, {})).body, { room_id: roomId })
  const unknown = `/join/${encodeURIComponent('#milk:dure.test')}`
  assert.deepEqual(codeOf(await call(bob, 'POST', unknown, {})), [404, 'M_NOT_FOUND'])
  assert.deepEqual(codeOf(await call(bob, 'POST', '/join/tea', {})), [400, 'M_INVALID_PARAM'])
  for (const verb of ['join', 'knock']) {
    assert.deepEqual(codeOf(await call(bob, 'POST', `/${verb}/!nowhere:dure.test`, {})), [404, 'M_NOT_FOUND'])
    assert.deepEqual(codeOf(await call(bob, 'POST', `/${verb}/!a%00b`, {})), [400, 'M_INVALID_PARAM'])
  }
})

test('a third-party invite, which only an identity server could make, is refused', async (t) => {
  const { alice, bob, post, membership } = await fixture(t)
  const thirdParty = { id_server: 'id.test', id_access_token: 't', medium: 'email', address: 'b@c.test' }
  assert.deepEqual(codeOf(await post(alice, 'invite', thirdParty)), [403, 'M_SERVER_NOT_TRUSTED'])
  const { address: _, ...partial } = thirdParty
  assert.deepEqual(codeOf(await post(alice, 'invite', partial)), [400, 'M_MISSING_PARAM'])
  assert.deepEqual(codeOf(await post(alice, 'invite', {})), [400, 'M_MISSING_PARAM'])
  const signed = { sender: alice.userId, mxid: bob.userId, token: 'x', signatures: {} }
  assert.deepEqual(codeOf(await post(bob, 'join', { third_party_signed: signed })), [403, 'M_FORBIDDEN'])
  assert.equal(await membership(bob), undefined)
})

test('who receives no invites is not invited, at whichever door', async (t) => {
  const { alice, bob, roomId, post, call, membership } = await fixture(t)
  const config = `/user/${bob.userId}/account_data/m.invite_permission_config`
  await call(bob, 'PUT', config, { default_action: 'block' })
  const byState = () =>
    call(alice, 'PUT', `/rooms/${roomId}/state/m.room.member/${bob.userId}`, { membership: 'invite' })
  assert.deepEqual(codeOf(await post(alice, 'invite', { user_id: bob.userId })), [403, 'M_INVITE_BLOCKED'])
  assert.deepEqual(codeOf(await byState()), [403, 'M_INVITE_BLOCKED'])
  assert.equal(await membership(bob), undefined)
  await call(bob, 'PUT', config, {})
  assert.equal((await byState()).status, 200)
  assert.equal(await membership(bob), 'invite')
})

test('people of other servers and what is no user id are not invited', async (t) => {
  const { alice, post } = await fixture(t)
  const invite = (userId: string) => post(alice, 'invite', { user_id: userId })
  assert.deepEqual(codeOf(await invite('@bob:elsewhere.test')), [403, 'M_FORBIDDEN'])
  for (const verb of ['invite', 'kick', 'ban', 'unban'])
    assert.deepEqual(codeOf(await post(alice, verb, { user_id: 'bob' })), [400, 'M_INVALID_PARAM'], verb)
  assert.deepEqual(codeOf(await post(alice, 'ban', {})), [400, 'M_MISSING_PARAM'])
  assert.equal((await post(alice, 'ban', { user_id: '@bob:elsewhere.test' })).status, 200, 'in advance')
})

for (const version of ['7', '10', '12']) {
  test(`in version ${version} people knock, and the knock is accepted, withdrawn or turned down`, async (t) => {
    const { alice, bob, roomId, post, call, membership } = await fixture(t, { version, joinRule: 'knock' })
    const knock = () => call(bob, 'POST', `/knock/${roomId}`, { reason: 'let me in' })
    assert.deepEqual((await knock()).body, { room_id: roomId })
    assert.deepEqual((await knock()).body, { room_id: roomId }, 'knocking again')
    assert.equal(await membership(bob), 'knock')
    assert.equal((await post(bob, 'leave')).status, 200)
    assert.equal(await membership(bob), 'leave')
    await knock()
    assert.equal((await post(alice, 'kick', { user_id: bob.userId })).status, 200)
    await knock()
    assert.equal((await post(alice, 'invite', { user_id: bob.userId })).status, 200)
    assert.deepEqual(codeOf(await knock()), [403, 'M_FORBIDDEN'], 'not when invited')
    assert.equal((await post(bob, 'join')).status, 200)
    await post(alice, 'ban', { user_id: bob.userId })
    assert.deepEqual(codeOf(await knock()), [403, 'M_FORBIDDEN'], 'not when banned')
  })
}

test('nobody knocks where the join rule does not say so', async (t) => {
  const { bob, roomId, call } = await fixture(t, { joinRule: 'invite' })
  assert.deepEqual(codeOf(await call(bob, 'POST', `/knock/${roomId}`)), [403, 'M_FORBIDDEN'])
})

test('who was never there can neither leave nor be removed', async (t) => {
  const { alice, bob, post } = await fixture(t)
  assert.deepEqual(codeOf(await post(bob, 'leave')), [403, 'M_FORBIDDEN'])
  assert.deepEqual(codeOf(await post(alice, 'kick', { user_id: bob.userId })), [403, 'M_FORBIDDEN'])
})

test('a room is forgotten after leaving it, and comes back with the next invite', async (t) => {
  const { alice, bob, roomId, post, call, append } = await fixture(t)
  await post(bob, 'join')
  await append(roomId, alice, message('something to read'))
  assert.deepEqual(codeOf(await post(bob, 'forget')), [400, 'M_UNKNOWN'])
  await post(bob, 'leave')
  const history = () => call(bob, 'GET', `/rooms/${roomId}/messages?dir=b`)
  assert.equal((await history()).status, 200)
  assert.deepEqual((await post(bob, 'forget')).body, {})
  assert.deepEqual((await post(bob, 'forget', {})).body, {}, 'forgetting again')
  assert.deepEqual(codeOf(await history()), [403, 'M_FORBIDDEN'])
  await post(alice, 'invite', { user_id: bob.userId })
  await post(bob, 'join')
  assert.equal((await history()).status, 200)
})

test('the list of joined rooms holds those, and nobody else can ask for it', async (t) => {
  const { alice, bob, roomId, post, call, room } = await fixture(t, { joinRule: 'invite' })
  const other = await room([bob])
  await post(alice, 'invite', { user_id: bob.userId })
  assert.deepEqual((await call(bob, 'GET', '/joined_rooms')).body, { joined_rooms: [other] })
  await post(bob, 'join')
  const { body } = await call(bob, 'GET', '/joined_rooms')
  assert.deepEqual(new Set(body['joined_rooms'] as string[]), new Set([roomId, other]))
  assert.deepEqual(codeOf(await call(undefined, 'GET', '/joined_rooms')), [401, 'M_MISSING_TOKEN'])
})

test('a member changes how they are shown here by setting their own state', async (t) => {
  const { alice, bob, roomId, post, call, contentOf } = await fixture(t)
  await post(bob, 'join')
  const own = `/rooms/${roomId}/state/m.room.member/${bob.userId}`
  const content = { membership: 'join', displayname: 'Bobby' }
  const set = await call(bob, 'PUT', own, { ...content, join_authorised_via_users_server: alice.userId })
  assert.equal(set.status, 200)
  assert.match(String(set.body['event_id']), /^\$/)
  assert.deepEqual(await contentOf(bob), content)
  assert.deepEqual(codeOf(await call(alice, 'PUT', own, content)), [403, 'M_FORBIDDEN'])
})

test('of many who do something at the same time, each sees a room that makes sense', async (t) => {
  const { alice, bob, carol, post, membership, append, roomId } = await fixture(t)
  await append(roomId, alice, state('m.room.topic', { topic: 'crowd' }))
  const answers = await Promise.all([
    ...Array.from({ length: 8 }, () => post(bob, 'join')),
    ...Array.from({ length: 8 }, () => post(carol, 'join')),
    post(alice, 'ban', { user_id: carol.userId }),
    ...Array.from({ length: 4 }, () => post(carol, 'join')),
  ])
  assert.equal(await membership(bob), 'join')
  assert.equal(await membership(carol), 'ban')
  assert(answers.every(({ status }) => status === 200 || status === 403))
})
