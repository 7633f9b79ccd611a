import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { testApp } from '../../../platform/testing/app.ts'
import { member, state } from '../testing.ts'
import { codeOf, roomsRoutesFixture } from './testing.ts'

/** A room that lets in the members of another, in which bob is. */
async function fixture(t: TestContext, { version, rule = 'restricted' }: { version: string; rule?: string }) {
  const base = await roomsRoutesFixture(t, ['alice', 'bob', 'carol', 'dan'])
  const [alice, bob, carol, dan] = base.people
  assert(alice && bob && carol && dan)
  const club = await base.room([alice, bob], { version })
  const roomId = await base.room([alice], { version, joinRule: 'invite' })
  const allow = (condition: object) =>
    base.append(roomId, alice, state('m.room.join_rules', { join_rule: rule, allow: [{ ...condition }] }))
  await allow({ type: 'm.room_membership', room_id: club })
  const join = (who: typeof alice) => base.call(who, 'POST', `/rooms/${roomId}/join`, {})
  const memberEvent = async (who: typeof alice) =>
    (await base.services.rooms.state(roomId))?.event('m.room.member', who.userId)?.content
  return { ...base, alice, bob, carol, dan, club, roomId, allow, join, memberEvent }
}

for (const { version, rule } of [
  { version: '8', rule: 'restricted' },
  { version: '9', rule: 'restricted' },
  { version: '10', rule: 'knock_restricted' },
  { version: '11', rule: 'restricted' },
  { version: '12', rule: 'knock_restricted' },
]) {
  test(`in version ${version} members of an allowed room may join under ${rule}, in the name of who could invite them`, async (t) => {
    const { alice, bob, carol, join, memberEvent } = await fixture(t, { version, rule })
    assert.deepEqual(codeOf(await join(carol)), [403, 'M_FORBIDDEN'])
    assert.equal((await join(bob)).status, 200)
    assert.deepEqual(await memberEvent(bob), {
      membership: 'join',
      displayname: 'bob',
      join_authorised_via_users_server: alice.userId,
    })
  })
}

test('who is invited needs nobody to let them in', async (t) => {
  const { alice, carol, roomId, call, join, memberEvent } = await fixture(t, { version: '11' })
  await call(alice, 'POST', `/rooms/${roomId}/invite`, { user_id: carol.userId })
  assert.equal((await join(carol)).status, 200)
  assert.equal((await memberEvent(carol))?.['join_authorised_via_users_server'], undefined)
})

test('having left the allowed room, or being banned from this one, closes the door', async (t) => {
  const { alice, bob, club, roomId, append, join, call } = await fixture(t, { version: '12' })
  await append(club, bob, member(bob.userId, 'leave'))
  assert.deepEqual(codeOf(await join(bob)), [403, 'M_FORBIDDEN'])
  await append(club, bob, member(bob.userId, 'join'))
  assert.equal((await join(bob)).status, 200)
  await call(alice, 'POST', `/rooms/${roomId}/ban`, { user_id: bob.userId })
  assert.deepEqual(codeOf(await join(bob)), [403, 'M_FORBIDDEN'])
})

test('no client can name somebody to let it in, or another condition than those of the room', async (t) => {
  const { alice, carol, roomId, call, join, allow } = await fixture(t, { version: '11' })
  const own = `/rooms/${roomId}/state/m.room.member/${carol.userId}`
  const content = { membership: 'join', join_authorised_via_users_server: alice.userId }
  assert.deepEqual(codeOf(await call(carol, 'PUT', own, content)), [403, 'M_FORBIDDEN'])
  for (const condition of [{ type: 'org.example.password' }, { type: 'm.room_membership' }, { room_id: 7 }]) {
    await allow(condition)
    assert.deepEqual(codeOf(await join(carol)), [403, 'M_FORBIDDEN'])
  }
})

test('a node lets people in by conditions that another node has set just now', async (t) => {
  const { alice, bob, club, roomId, call, allow, databaseUrl } = await fixture(t, { version: '12' })
  const other = await testApp(t, { databaseUrl, environment: { DURE_NODE: 'node-2' } })
  const joinThere = () =>
    other.http.inject({
      method: 'POST',
      url: `/_matrix/client/v3/rooms/${roomId}/join`,
      headers: { authorization: `Bearer ${bob.token}` },
    })
  await allow({ type: 'm.room_membership', room_id: '!none:dure.test' })
  for (let i = 0; i < 10; i++) {
    assert.equal((await joinThere()).statusCode, 403)
    const content = { join_rule: 'restricted', allow: [{ type: 'm.room_membership', room_id: club }] }
    await call(alice, 'PUT', `/rooms/${roomId}/state/m.room.join_rules`, content)
    assert.equal((await joinThere()).statusCode, 200)
    await call(alice, 'POST', `/rooms/${roomId}/kick`, { user_id: bob.userId })
    await call(alice, 'PUT', `/rooms/${roomId}/state/m.room.join_rules`, { ...content, allow: [] })
  }
})

test('setting the own state joins under the same conditions', async (t) => {
  const { alice, bob, roomId, call, memberEvent } = await fixture(t, { version: '11' })
  const own = `/rooms/${roomId}/state/m.room.member/${bob.userId}`
  const content = { membership: 'join', displayname: 'Bobby', join_authorised_via_users_server: bob.userId }
  assert.equal((await call(bob, 'PUT', own, content)).status, 200)
  assert.deepEqual(await memberEvent(bob), { ...content, join_authorised_via_users_server: alice.userId })
})

test('with nobody left who may invite, nobody is let in', async (t) => {
  const { alice, bob, dan, roomId, append, join, call } = await fixture(t, { version: '11' })
  await append(roomId, alice, state('m.room.power_levels', { users: { [alice.userId]: 100 }, invite: 50 }))
  await call(alice, 'POST', `/rooms/${roomId}/invite`, { user_id: dan.userId })
  assert.equal((await join(dan)).status, 200)
  await append(roomId, alice, member(alice.userId, 'leave'))
  const refusal = await join(bob)
  assert.deepEqual([...codeOf(refusal), refusal.body['code']], [403, 'M_FORBIDDEN', 'rooms.join_ungrantable'])
})

test('under knock_restricted strangers may still knock', async (t) => {
  const { carol, roomId, call, join } = await fixture(t, { version: '10', rule: 'knock_restricted' })
  assert.deepEqual(codeOf(await join(carol)), [403, 'M_FORBIDDEN'])
  assert.equal((await call(carol, 'POST', `/knock/${roomId}`)).status, 200)
})

for (const { version, rule } of [
  { version: '7', rule: 'restricted' },
  { version: '9', rule: 'knock_restricted' },
]) {
  test(`version ${version} knows no ${rule}`, async (t) => {
    const { bob, join } = await fixture(t, { version, rule })
    assert.deepEqual(codeOf(await join(bob)), [403, 'M_FORBIDDEN'])
  })
}
