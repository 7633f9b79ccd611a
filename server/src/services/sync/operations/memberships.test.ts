import assert from 'node:assert/strict'
import { test } from 'node:test'
import { alice, bob, carol, member, state } from '../../rooms/testing.ts'
import { type SyncAnswer, syncNodes, syncOnce } from '../testing/nodes.ts'

const types = (events: readonly { type: string }[] | undefined) => events?.map(({ type }) => type)
const bodies = (answer: SyncAnswer, roomId: string, section: 'join' | 'leave' = 'join') =>
  answer.rooms?.[section]?.[roomId]?.timeline.events.flatMap(({ content }) => content['body'] ?? [])

test('an invite shows the room’s stripped state once, and a join turns it into a room that is all new', async (t) => {
  const [node] = await syncNodes(t)
  const roomId = await node.room([alice], { joinRule: 'invite' })
  const { next_batch: before } = await syncOnce(node, bob)
  await node.send(roomId, alice, member(bob, 'invite'))
  const invited = await syncOnce(node, bob, { since: before })
  const shown = invited.rooms?.invite?.[roomId]?.invite_state.events
  assert.ok(types(shown)?.includes('m.room.create'))
  assert.ok(shown?.some(({ type, state_key }) => type === 'm.room.member' && state_key === bob))
  assert.equal((await syncOnce(node, bob, { since: invited.next_batch })).rooms, undefined)
  assert.ok((await syncOnce(node, bob)).rooms?.invite?.[roomId], 'a first sync shows it as well')

  await node.send(roomId, bob, member(bob, 'join'))
  const joined = await syncOnce(node, bob, {
    since: invited.next_batch,
    filter: { room: { timeline: { limit: 1 } } },
  })
  const room = joined.rooms?.join?.[roomId]
  assert.deepEqual(types(room?.timeline.events), ['m.room.member'])
  assert.deepEqual(types(room?.state?.events)?.sort(), [
    'm.room.create',
    'm.room.join_rules',
    'm.room.member',
    'm.room.member',
    'm.room.power_levels',
  ])
})

test('a knock is shown to who knocks', async (t) => {
  const [node] = await syncNodes(t)
  const roomId = await node.room([alice], { joinRule: 'knock' })
  const { next_batch: since } = await syncOnce(node, bob)
  await node.send(roomId, bob, member(bob, 'knock'))
  const answer = await syncOnce(node, bob, { since })
  assert.ok(types(answer.rooms?.knock?.[roomId]?.knock_state.events)?.includes('m.room.create'))
})

test('a room that was left is shown once, up to the leaving', async (t) => {
  const [node] = await syncNodes(t)
  const roomId = await node.room([alice, bob])
  const { next_batch: since } = await syncOnce(node, bob)
  await node.say(roomId, alice, 'before')
  await node.send(roomId, alice, member(bob, 'leave'))
  await node.say(roomId, alice, 'after')
  await node.send(roomId, alice, state('m.room.topic', { topic: 'after' }))
  const answer = await syncOnce(node, bob, { since })
  assert.equal(answer.rooms?.join, undefined)
  assert.deepEqual(bodies(answer, roomId, 'leave'), ['before'])
  assert.deepEqual(types(answer.rooms?.leave?.[roomId]?.timeline.events), ['m.room.message', 'm.room.member'])
  assert.equal((await syncOnce(node, bob, { since: answer.next_batch })).rooms, undefined)
  assert.equal((await syncOnce(node, bob)).rooms, undefined)

  const archive = await syncOnce(node, bob, {
    filter: { room: { include_leave: true, timeline: { limit: 2 } } },
  })
  assert.deepEqual(bodies(archive, roomId, 'leave'), ['before'])
  assert.ok(!types(archive.rooms?.leave?.[roomId]?.state?.events)?.includes('m.room.topic'))
  assert.ok(types(archive.rooms?.leave?.[roomId]?.state?.events)?.includes('m.room.create'))
})

test('who is banned after leaving sees the ban and nothing of the time between', async (t) => {
  const [node] = await syncNodes(t)
  const roomId = await node.room([alice, bob])
  const { next_batch: since } = await syncOnce(node, bob)
  await node.send(roomId, bob, member(bob, 'leave'))
  await node.say(roomId, alice, 'secret')
  await node.send(roomId, alice, member(bob, 'ban'))
  const answer = await syncOnce(node, bob, { since })
  const events = answer.rooms?.leave?.[roomId]?.timeline.events
  assert.deepEqual(
    events?.map(({ content }) => content['membership']),
    ['leave', 'ban'],
  )
})

test('a rejected invite shows only its end, whatever the history visibility', async (t) => {
  const [node] = await syncNodes(t)
  const roomId = await node.room([alice], { joinRule: 'invite', historyVisibility: 'joined' })
  await node.send(roomId, alice, member(bob, 'invite'))
  const { next_batch: since } = await syncOnce(node, bob)
  await node.say(roomId, alice, 'secret')
  await node.send(roomId, bob, member(bob, 'leave'))
  const room = (await syncOnce(node, bob, { since })).rooms?.leave?.[roomId]
  assert.deepEqual(
    room?.timeline.events.map(({ content }) => content['membership']),
    ['leave'],
  )
  assert.deepEqual(room?.state?.events, [])
})

test('who comes to a room that shows its history to members only sees it from there on', async (t) => {
  const [node] = await syncNodes(t)
  const roomId = await node.room([alice], { historyVisibility: 'joined' })
  const { next_batch: since } = await syncOnce(node, bob)
  await node.say(roomId, alice, 'secret')
  await node.send(roomId, bob, member(bob, 'join'))
  await node.say(roomId, alice, 'welcome')
  for (const answer of [await syncOnce(node, bob, { since }), await syncOnce(node, bob)])
    assert.deepEqual(bodies(answer, roomId), ['welcome'])
})

test('a forgotten room does not come back until the person does', async (t) => {
  const [node] = await syncNodes(t)
  const roomId = await node.room([alice, bob])
  const { next_batch: since } = await syncOnce(node, bob)
  await node.send(roomId, bob, member(bob, 'leave'))
  await node.rooms.forget(roomId, bob)
  await node.caughtUp()
  const filter = { room: { include_leave: true } }
  assert.equal((await syncOnce(node, bob, { filter })).rooms, undefined)
  assert.equal((await syncOnce(node, bob, { since })).rooms, undefined)
  await node.send(roomId, bob, member(bob, 'join'))
  assert.ok((await syncOnce(node, bob, { since })).rooms?.join?.[roomId])
})

test('ignored people’s messages and invites are kept away, their state events are not', async (t) => {
  const [node] = await syncNodes(t)
  const roomId = await node.room([alice, bob, carol])
  await node.accountData.put(bob, undefined, 'm.ignored_user_list', { ignored_users: { [carol]: {} } })
  await node.caughtUp()
  const { next_batch: since } = await syncOnce(node, bob)
  await node.say(roomId, carol, 'unheard')
  await node.say(roomId, alice, 'heard')
  await node.send(roomId, carol, {
    ...member(carol, 'join'),
    content: { membership: 'join', displayname: 'C' },
  })
  const other = await node.room([carol], { joinRule: 'invite' })
  await node.send(other, carol, member(bob, 'invite'))
  const answer = await syncOnce(node, bob, { since })
  assert.deepEqual(types(answer.rooms?.join?.[roomId]?.timeline.events), ['m.room.message', 'm.room.member'])
  assert.deepEqual(bodies(answer, roomId), ['heard'])
  assert.equal(answer.rooms?.invite, undefined)
})

test('whoever blocks invites is shown none, those from before neither, until they want them again', async (t) => {
  const [node] = await syncNodes(t)
  const roomId = await node.room([alice], { joinRule: 'invite' })
  const { next_batch: since } = await syncOnce(node, bob)
  await node.send(roomId, alice, member(bob, 'invite'))
  assert.ok((await syncOnce(node, bob, { since })).rooms?.invite?.[roomId])
  await node.accountData.put(bob, undefined, 'm.invite_permission_config', { default_action: 'block' })
  await node.caughtUp()
  assert.equal((await syncOnce(node, bob, { since })).rooms, undefined)
  assert.equal((await syncOnce(node, bob)).rooms, undefined)
  await node.accountData.put(bob, undefined, 'm.invite_permission_config', {})
  await node.caughtUp()
  assert.ok((await syncOnce(node, bob)).rooms?.invite?.[roomId])
})
