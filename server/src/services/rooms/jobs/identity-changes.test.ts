import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Profile } from '../../identity/api.ts'
import { alice, bob, carol, member, roomsFixture, state } from '../testing.ts'
import { takeDeactivation, takeProfileChange } from './identity-changes.ts'

function people(profiles: { [userId: string]: Profile }) {
  return {
    profiles: async (userIds: readonly string[]) => new Map(userIds.map((id) => [id, profiles[id] ?? {}])),
  }
}

test('a new name reaches the rooms a person is in, once, and leaves what else they said of themselves', async (t) => {
  const { rooms, room, send, stream } = await roomsFixture(t)
  const [first, second, invited] = [
    await room({ people: [alice, bob] }),
    await room({ people: [alice, bob] }),
    await room(),
  ]
  await send(first, bob, {
    type: 'm.room.member',
    stateKey: bob,
    content: { membership: 'join', displayname: 'Old', 'org.example.colour': 'red', reason: 'hello' },
  })
  await send(invited, alice, member(bob, 'invite'))
  const identity = people({ [bob]: { displayname: 'Bob' } })
  const change = { userId: bob, fields: ['displayname'], before: [null, 'Old'] }

  await takeProfileChange({ rooms, identity, stream }, change, t.signal)
  const written = (await rooms.state(first))?.event('m.room.member', bob)
  await takeProfileChange({ rooms, identity, stream }, change, t.signal)

  assert.deepEqual(written?.content, {
    membership: 'join',
    displayname: 'Bob',
    'org.example.colour': 'red',
  })
  assert.equal((await rooms.state(second))?.event('m.room.member', bob)?.content['displayname'], 'Bob')
  assert.equal((await rooms.state(first))?.event('m.room.member', bob)?.eventId, written.eventId)
  assert.equal((await rooms.state(invited))?.membership(bob), 'invite')
})

test('a removed picture disappears from the rooms; other fields of a profile do not concern them', async (t) => {
  const { rooms, room, stream } = await roomsFixture(t)
  const roomId = await room({ people: [alice, bob] })
  const take = (profile: Profile, fields: string[]) =>
    takeProfileChange(
      { rooms, stream, identity: people({ [bob]: profile }) },
      { userId: bob, fields },
      t.signal,
    )
  const content = async () => (await rooms.state(roomId))?.event('m.room.member', bob)?.content

  await take({ avatar_url: 'mxc://dure.test/b' }, ['avatar_url'])
  await take({}, ['m.tz'])
  assert.deepEqual(await content(), { membership: 'join', avatar_url: 'mxc://dure.test/b' })
  await take({}, ['avatar_url'])
  assert.deepEqual(await content(), { membership: 'join' })
})

test('a name or picture that a person has for one room alone stays theirs there', async (t) => {
  const { rooms, room, send, stream } = await roomsFixture(t)
  const [usual, open] = [await room({ people: [alice, bob] }), await room({ people: [alice, bob] })]
  const content = async (roomId: string) => (await rooms.state(roomId))?.event('m.room.member', bob)?.content
  const picture = 'mxc://dure.test/b'
  const known = (displayname: string) => ({ membership: 'join', displayname, avatar_url: picture })
  await send(usual, bob, { type: 'm.room.member', stateKey: bob, content: known('Bob') })
  await send(open, bob, { type: 'm.room.member', stateKey: bob, content: known('Heron') })
  const identity = people({ [bob]: { displayname: 'Robert', avatar_url: 'mxc://dure.test/new' } })
  const take = (field: string, before: string[]) =>
    takeProfileChange({ rooms, identity, stream }, { userId: bob, fields: [field], before }, t.signal)

  await take('displayname', ['Bob'])
  assert.deepEqual(await content(usual), known('Robert'))
  assert.deepEqual(await content(open), known('Heron'))
  await take('avatar_url', [picture])
  assert.equal((await content(usual))?.['avatar_url'], 'mxc://dure.test/new')
  assert.equal((await content(open))?.['displayname'], 'Heron')
})

test('a name that changes while rooms are told of another one reaches them too', async (t) => {
  const { rooms, room, stream } = await roomsFixture(t)
  const roomId = await room({ people: [alice, bob] })
  const names = ['First', 'Second', 'Second']
  const identity = { profiles: async () => new Map([[bob, { displayname: names.shift() ?? 'Second' }]]) }
  const change = { userId: bob, fields: ['displayname'], before: [null] }
  await takeProfileChange({ rooms, identity, stream }, change, t.signal)
  assert.equal((await rooms.state(roomId))?.event('m.room.member', bob)?.content['displayname'], 'Second')
})

test('a closed account leaves its rooms and turns down its invites; a ban stays a ban', async (t) => {
  const { rooms, room, send, stream } = await roomsFixture(t)
  const [joined, invited, banned] = [await room({ people: [alice, bob, carol] }), await room(), await room()]
  await send(invited, alice, member(bob, 'invite'))
  await send(banned, alice, member(bob, 'ban'))
  await send(joined, alice, state('m.room.topic', { topic: 'x' }))

  for (let run = 0; run < 2; run++)
    await takeDeactivation({ rooms, stream }, { userId: bob, erase: false }, t.signal)

  assert.equal(await rooms.membership(joined, bob), 'leave')
  assert.equal(await rooms.membership(invited, bob), 'leave')
  assert.equal(await rooms.membership(banned, bob), 'ban')
  assert.equal(await rooms.membership(joined, carol), 'join')
})

test('a room that was entered through another node a moment ago hears of the change too', async (t) => {
  const { rooms, room, stream, addNode } = await roomsFixture(t)
  const other = await addNode()
  const roomId = await room()
  await rooms.membershipsOf(bob)
  const identity = people({ [bob]: { displayname: 'Bob' } })

  await other.rooms.append({ roomId, sender: bob, drafts: [member(bob, 'join')] })
  await takeProfileChange({ rooms, identity, stream }, { userId: bob, fields: ['displayname'] }, t.signal)

  assert.equal((await rooms.state(roomId))?.event('m.room.member', bob)?.content['displayname'], 'Bob')
})
