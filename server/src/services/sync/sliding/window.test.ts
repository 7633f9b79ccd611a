import assert from 'node:assert/strict'
import { test } from 'node:test'
import { alice, bob, carol, member } from '../../rooms/testing.ts'
import { syncNodes } from '../testing/nodes.ts'
import { bodies, everyRoom, slidingSync } from '../testing/sliding.ts'
import type { RoomFilters } from './request.ts'

test('filters choose by direct chat, encryption, invitation, type, tag and space', async (t) => {
  const [node] = await syncNodes(t)
  const direct = await node.room([alice, bob])
  const secret = await node.room([alice, bob])
  const space = await node.room([bob])
  const child = await node.room([alice, bob])
  const invited = await node.room([alice])
  const plain = await node.room([alice, bob])
  await node.accountData.put(bob, undefined, 'm.direct', { [alice]: [direct] })
  await node.accountData.put(bob, child, 'm.tag', { tags: { 'm.favourite': {} } })
  await node.send(secret, alice, {
    type: 'm.room.encryption',
    stateKey: '',
    content: { algorithm: 'm.megolm.v1.aes-sha2' },
  })
  await node.send(space, bob, { type: 'm.space.child', stateKey: child, content: { via: ['dure.test'] } })
  await node.send(space, bob, { type: 'm.space.child', stateKey: plain, content: {} })
  await node.send(invited, alice, member(bob, 'invite'))
  const all = [direct, secret, space, child, invited, plain]
  const without = (...gone: string[]) => all.filter((roomId) => !gone.includes(roomId))
  const cases: [RoomFilters, string[]][] = [
    [{}, all],
    [{ is_dm: true }, [direct]],
    [{ is_dm: false }, without(direct)],
    [{ is_encrypted: true }, [secret]],
    [{ is_encrypted: false }, without(secret)],
    [{ is_invite: true }, [invited]],
    [{ is_invited: false }, without(invited)],
    [{ room_types: [null] }, all],
    [{ not_room_types: [null, 'm.space'] }, []],
    [{ room_types: ['m.space'] }, []],
    [{ tags: ['m.favourite', 'm.lowpriority'] }, [child]],
    [{ not_tags: ['m.favourite'] }, without(child)],
    [{ spaces: [space] }, [child]],
    [{ spaces: [child, '!none:dure.test'] }, []],
  ]
  for (const [filters, expected] of cases) {
    const answer = await slidingSync(node, bob, {
      lists: { a: { timeline_limit: 1, required_state: [], filters } },
    })
    assert.deepEqual(Object.keys(answer.rooms).sort(), [...expected].sort(), JSON.stringify(filters))
    assert.equal(answer.lists['a']?.count, expected.length)
  }
})

test('a change of the direct chats and of an encryption is told, and moves rooms between lists', async (t) => {
  const [node] = await syncNodes(t)
  const roomId = await node.room([alice, bob])
  const dm = { dm: { timeline_limit: 1, required_state: [], filters: { is_dm: true } } }
  let answer = await slidingSync(node, bob, { lists: dm })
  assert.deepEqual(answer.lists, { dm: { count: 0 } })
  await node.accountData.put(bob, undefined, 'm.direct', { [alice]: [roomId] })
  await node.caughtUp()
  answer = await slidingSync(node, bob, { lists: dm, pos: answer.pos })
  assert.equal(answer.rooms[roomId]?.is_dm, true)
  await node.accountData.put(bob, undefined, 'm.direct', {})
  await node.caughtUp()
  answer = await slidingSync(node, bob, { ...everyRoom(1), pos: answer.pos })
  assert.equal(answer.rooms[roomId]?.is_dm, false)
})

test('an invitation shows its stripped state, and the room comes whole when it is accepted', async (t) => {
  const [node] = await syncNodes(t)
  const roomId = await node.room([alice])
  let answer = await slidingSync(node, bob, everyRoom())
  assert.deepEqual(answer.rooms, {})
  await node.say(roomId, alice, 'not for him')
  await node.send(roomId, alice, member(bob, 'invite'))
  answer = await slidingSync(node, bob, { ...everyRoom(), pos: answer.pos })
  const invitation = answer.rooms[roomId]
  assert.equal(invitation?.membership, 'invite')
  assert.equal(invitation?.initial, true)
  assert.equal(invitation?.timeline, undefined)
  assert.equal(invitation?.joined_count, undefined)
  assert.deepEqual(invitation?.stripped_state, invitation?.invite_state)
  assert(invitation?.stripped_state?.some(({ state_key }) => state_key === bob))
  await node.say(roomId, alice, 'still not for him')
  const idle = await slidingSync(node, bob, { ...everyRoom(), pos: answer.pos })
  assert.deepEqual(idle.rooms, {})
  await node.send(roomId, bob, member(bob, 'join'))
  answer = await slidingSync(node, bob, { ...everyRoom(), pos: answer.pos })
  assert.equal(answer.rooms[roomId]?.initial, true)
  assert.equal(answer.rooms[roomId]?.membership, 'join')
  assert.equal(answer.rooms[roomId]?.stripped_state, undefined)
})

test('invitations of people who are ignored, and those that are blocked, are not shown', async (t) => {
  const [node] = await syncNodes(t)
  const roomId = await node.room([alice])
  await node.send(roomId, alice, member(bob, 'invite'))
  await node.accountData.put(bob, undefined, 'm.ignored_user_list', { ignored_users: { [alice]: {} } })
  assert.deepEqual((await slidingSync(node, bob, everyRoom())).rooms, {})
  await node.accountData.put(bob, undefined, 'm.ignored_user_list', { ignored_users: {} })
  await node.accountData.put(bob, undefined, 'm.invite_permission_config', { default_action: 'block' })
  await node.caughtUp()
  assert.deepEqual((await slidingSync(node, bob, everyRoom())).rooms, {})
})

test('who leaves is told so once; who was put out always sees that, and nothing that came after', async (t) => {
  const [node] = await syncNodes(t)
  const left = await node.room([alice, bob])
  const kicked = await node.room([alice, bob])
  const banned = await node.room([alice, bob])
  const neverIn = await node.room([alice])
  let answer = await slidingSync(node, bob, everyRoom())
  await node.send(left, bob, member(bob, 'leave'))
  await node.send(kicked, alice, member(bob, 'leave'))
  await node.send(banned, alice, member(bob, 'ban'))
  await node.send(neverIn, alice, member(bob, 'ban'))
  for (const roomId of [left, kicked, banned]) await node.say(roomId, alice, 'among ourselves')
  answer = await slidingSync(node, bob, { ...everyRoom(), pos: answer.pos })
  assert.deepEqual(Object.keys(answer.rooms).sort(), [left, kicked, banned].sort())
  assert.equal(answer.rooms[left]?.membership, 'leave')
  assert.equal(answer.rooms[banned]?.membership, 'ban')
  for (const room of Object.values(answer.rooms)) assert.deepEqual(bodies(room.timeline), ['m.room.member'])
  const idle = await slidingSync(node, bob, { ...everyRoom(), pos: answer.pos })
  assert.deepEqual(idle.rooms, {})
  const anew = await slidingSync(node, bob, everyRoom(20))
  assert.deepEqual(Object.keys(anew.rooms).sort(), [kicked, banned].sort())
  for (const room of Object.values(anew.rooms)) {
    assert.equal(room.initial, true)
    assert(!bodies(room.timeline).includes('among ourselves'))
    assert.equal(room.joined_count, undefined)
  }
})

test('a rejected invitation is told to the client that had it', async (t) => {
  const [node] = await syncNodes(t)
  const roomId = await node.room([alice])
  await node.send(roomId, alice, member(bob, 'invite'))
  let answer = await slidingSync(node, bob, everyRoom())
  await node.send(roomId, bob, member(bob, 'leave'))
  answer = await slidingSync(node, bob, { ...everyRoom(), pos: answer.pos })
  const told = answer.rooms[roomId]
  assert.equal(told?.membership, 'leave')
  assert(told?.stripped_state?.some(({ state_key }) => state_key === bob))
  assert.equal(told?.joined_count, undefined)
  assert.deepEqual((await slidingSync(node, bob, everyRoom())).rooms, {})
})

test('who comes back gets the room as a new one', async (t) => {
  const [node] = await syncNodes(t)
  const roomId = await node.room([alice, bob], { historyVisibility: 'joined' })
  let answer = await slidingSync(node, bob, everyRoom())
  await node.send(roomId, bob, member(bob, 'leave'))
  await node.say(roomId, alice, 'while he was away')
  await node.send(roomId, bob, member(bob, 'join'))
  answer = await slidingSync(node, bob, { ...everyRoom(), pos: answer.pos })
  assert.equal(answer.rooms[roomId]?.initial, true)
  assert(!bodies(answer.rooms[roomId]?.timeline).includes('while he was away'))
})

test('a subscription to a room of others shows nothing of it', async (t) => {
  const [node] = await syncNodes(t)
  const foreign = await node.room([alice, carol])
  const own = await node.room([bob])
  const config = { timeline_limit: 5, required_state: { include: [{}] } }
  const answer = await slidingSync(node, bob, {
    room_subscriptions: { [foreign]: config, [own]: config, '!nowhere:dure.test': config },
  })
  assert.deepEqual(Object.keys(answer.rooms), [own])
  assert.deepEqual(answer.lists, {})
  assert.equal(answer.rooms[own]?.lists, undefined)
})
