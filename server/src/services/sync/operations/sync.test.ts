import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from '../../../platform/db/sql.ts'
import { alice, bob } from '../../rooms/testing.ts'
import { syncNodes, syncOnce } from '../testing/nodes.ts'

test('a first sync shows a room whole: what is not in the timeline is in the state', async (t) => {
  const [node] = await syncNodes(t)
  const roomId = await node.room([alice, bob])
  await node.say(roomId, alice, 'hello')
  const answer = await syncOnce(node, bob)
  const shown = answer.rooms?.join?.[roomId]
  assert.deepEqual(
    shown?.timeline.events.map(({ type }) => type),
    [
      'm.room.create',
      'm.room.member',
      'm.room.power_levels',
      'm.room.join_rules',
      'm.room.member',
      'm.room.message',
    ],
  )
  assert.deepEqual(shown?.state?.events, [])
  assert.equal(shown?.timeline.limited, false)
  assert.deepEqual(shown?.summary, {
    'm.heroes': [alice],
    'm.joined_member_count': 2,
    'm.invited_member_count': 0,
  })
  const short = await syncOnce(node, bob, { filter: { room: { timeline: { limit: 1 } } } })
  const cut = short.rooms?.join?.[roomId]
  assert.equal(cut?.timeline.limited, true)
  assert.deepEqual(cut?.state?.events.map(({ type }) => type).sort(), [
    'm.room.create',
    'm.room.join_rules',
    'm.room.member',
    'm.room.member',
    'm.room.power_levels',
  ])
})

test('a message sent through one node reaches a sync that waits at the other', async (t) => {
  const [here, there] = await syncNodes(t, { nodes: 2 })
  assert(there)
  const roomId = await here.room([alice, bob])
  await there.caughtUp()
  const { next_batch: since } = await syncOnce(there, bob)
  const waiting = syncOnce(there, bob, { since, timeoutMs: 20_000 })
  const eventId = await here.say(roomId, alice, 'hello')
  const answer = await waiting
  assert.deepEqual(
    answer.rooms?.join?.[roomId]?.timeline.events.map((event) => event.event_id),
    [eventId],
  )
})

test('a new message costs a waiting sync no statement', async (t) => {
  const [node] = await syncNodes(t)
  const roomId = await node.room([alice, bob])
  let { next_batch: since } = await syncOnce(node, bob)
  since = (await syncOnce(node, bob, { since })).next_batch
  await node.say(roomId, alice, 'one')
  since = (await syncOnce(node, bob, { since })).next_batch
  await node.say(roomId, alice, 'two')
  const before = node.statements()
  const answer = await syncOnce(node, bob, { since })
  assert.equal(answer.rooms?.join?.[roomId]?.timeline.events.length, 1)
  assert.equal(node.statements() - before, 0)
})

test('after a restore to an earlier moment a client misses nothing once the stream was moved past its place', async (t) => {
  const [lost] = await syncNodes(t)
  const before = await lost.room([alice, bob])
  for (const body of ['one', 'two', 'three']) await lost.say(before, alice, body)
  const { next_batch: since } = await syncOnce(lost, bob)

  const [restored] = await syncNodes(t)
  const roomId = await restored.room([alice, bob])
  await assert.rejects(syncOnce(restored, bob, { since }), { code: 'sync.token_unknown' })
  await restored.db.run(sql`update platform.stream_head set position = position + 1000000000`)
  const eventId = await restored.say(roomId, alice, 'after the restore')
  const answer = await syncOnce(restored, bob, { since })
  assert.deepEqual(
    answer.rooms?.join?.[roomId]?.timeline.events.map((event) => event.event_id),
    [eventId],
  )
})
