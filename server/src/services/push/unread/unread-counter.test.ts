import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from '../../../platform/db/sql.ts'
import { member, state } from '../../rooms/testing.ts'
import type { UnreadCounts } from '../api.ts'
import { loadCheckpoints, saveCheckpoints } from '../operations/checkpoints.ts'
import { alice, bob, carol, pushFixture } from '../testing.ts'
import { freshState } from './unread-state.ts'

const inThread = (root: string) => ({ 'm.relates_to': { rel_type: 'm.thread', event_id: root } })

/** Notifications of the main timeline and of the threads. */
function numbers({ main, threads }: UnreadCounts): [number, ...number[]] {
  return [main.notification, ...Array.from(threads.values(), (counts) => counts.notification)]
}

test('messages of others are unread until a receipt, public or private, reads them', async (t) => {
  const { nodes, room, say, read } = await pushFixture(t)
  const [{ unread }] = nodes
  const roomId = await room([alice, bob])
  await say(roomId, bob, 'one')
  const two = await say(roomId, bob, 'two')
  const three = await say(roomId, bob, 'three')
  assert.deepEqual(numbers(await unread(alice, roomId)), [3])
  assert.deepEqual(numbers(await unread(bob, roomId)), [0])
  await read(alice, roomId, two, { type: 'm.read.private' })
  assert.deepEqual(numbers(await unread(alice, roomId)), [1])
  await read(alice, roomId, three)
  assert.deepEqual(numbers(await unread(alice, roomId)), [0])
})

test('threads are counted apart, and read apart or with the room', async (t) => {
  const { nodes, room, say, read } = await pushFixture(t)
  const [{ unread }] = nodes
  const roomId = await room([alice, bob])
  const root = await say(roomId, bob, 'root')
  const reply = await say(roomId, bob, 'reply', inThread(root.eventId))
  const after = await say(roomId, bob, 'after')
  assert.deepEqual(await unread(alice, roomId), {
    main: { notification: 2, highlight: 0 },
    threads: new Map([[root.eventId, { notification: 1, highlight: 0 }]]),
    total: { notification: 3, highlight: 0 },
  })
  await read(alice, roomId, after, { threadId: 'main' })
  assert.deepEqual(numbers(await unread(alice, roomId)), [0, 1])
  await read(alice, roomId, reply, { threadId: root.eventId })
  assert.deepEqual(numbers(await unread(alice, roomId)), [0])
  await say(roomId, bob, 'again', inThread(root.eventId))
  const last = await say(roomId, bob, 'last')
  await read(alice, roomId, last)
  assert.deepEqual(numbers(await unread(alice, roomId)), [0])
})

test('a mention is highlighted for the person mentioned', async (t) => {
  const { nodes, room, say } = await pushFixture(t)
  const roomId = await room([alice, bob, carol])
  await say(roomId, bob, 'you', { 'm.mentions': { user_ids: [carol] } })
  assert.deepEqual((await nodes[0].unread(carol, roomId)).main, { notification: 1, highlight: 1 })
  assert.deepEqual((await nodes[0].unread(alice, roomId)).main, { notification: 1, highlight: 0 })
})

test('the power levels under which an event was sent decide, however late it is counted', async (t) => {
  const { nodes, room, send, say } = await pushFixture(t)
  const roomId = await room([alice, bob, carol])
  const levels = (bobs: number) => state('m.room.power_levels', { users: { [bob]: bobs } })
  const call = () => say(roomId, bob, 'all', { 'm.mentions': { room: true } })
  await call()
  await send(roomId, alice, levels(50))
  await call()
  await call()
  await send(roomId, alice, levels(49))
  await call()
  await say(roomId, alice, 'all', { 'm.mentions': { room: true } })
  assert.deepEqual((await nodes[0].unread(carol, roomId)).main, { notification: 5, highlight: 3 })
})

test('sending reads what came before', async (t) => {
  const { nodes, room, say } = await pushFixture(t)
  const roomId = await room([alice, bob])
  await say(roomId, bob, 'one')
  await say(roomId, alice, 'yes')
  await say(roomId, bob, 'two')
  assert.deepEqual(numbers(await nodes[0].unread(alice, roomId)), [1])
})

test('a message that is redacted after it was counted is counted no more', async (t) => {
  const { nodes, room, send, say, addNode } = await pushFixture(t)
  const roomId = await room([alice, bob])
  const one = await say(roomId, bob, 'one')
  const two = await say(roomId, bob, 'two')
  assert.deepEqual(numbers(await nodes[0].unread(alice, roomId)), [2])
  await send(roomId, bob, {
    type: 'm.room.redaction',
    content: { redacts: one.eventId },
    redacts: one.eventId,
  })
  assert.deepEqual(numbers(await nodes[0].unread(alice, roomId)), [1])
  const fresh = await addNode()
  assert.deepEqual(numbers(await fresh.unread(alice, roomId)), [1])
  await send(roomId, bob, {
    type: 'm.room.redaction',
    content: { redacts: two.eventId },
    redacts: two.eventId,
  })
  assert.deepEqual(numbers(await fresh.unread(alice, roomId)), [0])
})

test('messages of ignored people do not count', async (t) => {
  const { nodes, room, say, ignore } = await pushFixture(t)
  const roomId = await room([alice, bob, carol])
  await say(roomId, bob, 'one')
  await say(roomId, carol, 'two')
  await ignore(alice, bob)
  assert.deepEqual(numbers(await nodes[0].unread(alice, roomId)), [1])
})

test('what was sent before the person joined does not count, whatever names they take later', async (t) => {
  const { nodes, room, say, send } = await pushFixture(t)
  const roomId = await room([bob])
  await say(roomId, bob, 'before')
  await send(roomId, bob, member(alice, 'invite'))
  await say(roomId, bob, 'invited')
  await send(roomId, alice, member(alice, 'join'))
  await say(roomId, bob, 'after')
  const renamed = { ...member(alice, 'join'), content: { membership: 'join', displayname: 'Alice' } }
  await send(roomId, alice, renamed)
  await say(roomId, bob, 'later')
  assert.deepEqual(numbers(await nodes[0].unread(alice, roomId)), [2])
})

test('leaving and coming back starts anew, seen or not', async (t) => {
  const { nodes, room, say, send, addNode } = await pushFixture(t)
  const roomId = await room([bob, alice])
  await say(roomId, bob, 'one')
  assert.deepEqual(numbers(await nodes[0].unread(alice, roomId)), [1])
  await send(roomId, alice, member(alice, 'leave'))
  await say(roomId, bob, 'two')
  await send(roomId, alice, member(alice, 'join'))
  await say(roomId, bob, 'three')
  const fresh = await addNode()
  for (const node of [nodes[0], fresh]) assert.deepEqual(numbers(await node.unread(alice, roomId)), [1])
})

test('a rule decides about what comes after it, whether or not the person synced in between', async (t) => {
  const { nodes, room, say } = await pushFixture(t, { nodes: 2 })
  const [first, second = first] = nodes
  const roomId = await room([alice, bob])
  const mute = (actions: string[]) => second.request(alice, 'PUT', `/global/room/${roomId}`, { actions })
  await say(roomId, bob, 'heard')
  await mute([])
  await say(roomId, bob, 'muted')
  await say(roomId, bob, 'muted')
  await mute(['notify'])
  await say(roomId, bob, 'heard')
  for (const node of nodes) assert.deepEqual(numbers(await node.unread(alice, roomId)), [2])
})

test('any node gives the same counts, whichever wrote the receipt', async (t) => {
  const { nodes, room, say, read, addNode } = await pushFixture(t, { nodes: 2 })
  const [first, second = first] = nodes
  const roomId = await room([alice, bob])
  const one = await say(roomId, bob, 'one')
  await say(roomId, bob, 'two')
  for (const node of nodes) assert.deepEqual(numbers(await node.unread(alice, roomId)), [2])
  await read(alice, roomId, one)
  for (const node of [second, first, await addNode()]) {
    assert.deepEqual(numbers(await node.unread(alice, roomId)), [1])
  }
})

test('a fresh node reads no further back than the checkpoint', async (t) => {
  const { nodes, db, room, say, sayMany, addNode } = await pushFixture(t)
  const [first] = nodes
  const roomId = await room([alice, bob])
  await sayMany(roomId, bob, 120)
  assert.deepEqual(numbers(await first.unread(alice, roomId)), [120])
  await first.push.close()
  const [checkpoint] = await db.rows<{ upTo: number }>(sql`select up_to as "upTo" from push.unread`)
  assert.ok(checkpoint)

  const fresh = await addNode()
  await say(roomId, bob, 'more')
  assert.deepEqual(numbers(await fresh.unread(alice, roomId)), [121])
  assert.deepEqual(fresh.readFrom, [checkpoint.upTo])
})

test('a checkpoint written late does not replace a later one', async (t) => {
  const { db } = await pushFixture(t)
  const checkpoint = (upTo: number) => ({
    userId: alice,
    roomId: '!room',
    state: { ...freshState(1, upTo), since: 1 },
  })
  await saveCheckpoints(db, [checkpoint(7), checkpoint(5)])
  await saveCheckpoints(db, [checkpoint(6)])
  assert.equal((await loadCheckpoints(db, alice, ['!room'])).get('!room')?.upTo, 7)
})

test('a receipt in the midst of more than is kept one by one is counted exactly', async (t) => {
  const { nodes, room, sayMany, read, addNode } = await pushFixture(t)
  const roomId = await room([alice, bob])
  const sent = await sayMany(roomId, bob, 700)
  assert.deepEqual(numbers(await nodes[0].unread(alice, roomId)), [700])
  const middle = sent[99]
  assert(middle)
  await read(alice, roomId, middle, { threadId: 'main' })
  assert.deepEqual(numbers(await nodes[0].unread(alice, roomId)), [600])
  assert.deepEqual(numbers(await (await addNode()).unread(alice, roomId)), [600])
})

test('many rooms cost a few queries, and none when nothing has happened', async (t) => {
  const { room, say, addNode, caughtUp } = await pushFixture(t)
  const roomIds = await Promise.all(Array.from({ length: 30 }, () => room([alice, bob])))
  for (const roomId of roomIds) await say(roomId, bob, 'hello')
  const fresh = await addNode()
  const upTo = await caughtUp()
  for (const roomId of roomIds) await fresh.rooms.state(roomId)
  await fresh.rooms.membershipsOf(alice)

  const before = fresh.queries()
  const counts = await fresh.push.unreadCounts(alice, roomIds, upTo)
  assert.equal(counts.size, 30)
  assert.ok([...counts.values()].every(({ total }) => total.notification === 1))
  // Rules, ignored people, checkpoints, receipts, events: one query each.
  assert.ok(fresh.queries() - before <= 5, `${fresh.queries() - before} queries`)

  const again = fresh.queries()
  assert.deepEqual(await fresh.push.unreadCounts(alice, roomIds, upTo), counts)
  assert.equal(fresh.queries(), again)
})

test('counts stay right when memory has room for few of them', async (t) => {
  const { room, say, read, addNode } = await pushFixture(t)
  const tight = await addNode({ unreadStatesMax: 1 })
  const rooms = await Promise.all([room([alice, bob, carol]), room([alice, bob, carol])])
  for (const roomId of rooms) {
    const one = await say(roomId, bob, 'one')
    await say(roomId, bob, 'two')
    await read(carol, roomId, one)
  }
  for (let round = 0; round < 3; round++) {
    for (const roomId of rooms) {
      assert.deepEqual(numbers(await tight.unread(alice, roomId)), [2])
      assert.deepEqual(numbers(await tight.unread(carol, roomId)), [1])
    }
  }
})

test('somebody who is not in a room has nothing unread there', async (t) => {
  const { nodes, db, room, say } = await pushFixture(t)
  const roomId = await room([alice])
  await say(roomId, alice, 'one')
  assert.deepEqual(numbers(await nodes[0].unread(bob, roomId)), [0])
  await nodes[0].push.close()
  assert.deepEqual(await db.rows(sql`select from push.unread`), [])
})
