import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { sql } from '../../../platform/db/sql.ts'
import { createTestClock } from '../../../platform/testing/clock.ts'
import { testDatabase } from '../../../platform/testing/database.ts'
import { createTestRandom } from '../../../platform/testing/random.ts'
import { type Connection, live, startTelling } from './connection.ts'
import { createConnections } from './connections.ts'

const key = { userId: '@ann:dure.test', deviceId: 'PHONE', connId: 'main' }
const dayMs = 24 * 3_600_000

async function fixture(t: TestContext) {
  const { db } = await testDatabase(t)
  const clock = createTestClock()
  let seed = 0
  const config = { slidingConnectionsMax: 3, slidingMemoryRooms: 0, slidingConnectionLifetime: 30 * dayMs }
  /** A node that has nothing in memory. */
  const node = () => createConnections({ db, clock, random: createTestRandom(++seed), config })
  const rows = async () => (await db.rows<object>(sql`select from sync.connection`)).length
  return { clock, node, rows }
}

function told(before: Connection, roomIds: readonly string[], timelineLimit: number): Connection {
  const telling = startTelling(before)
  for (const roomId of roomIds) telling.change(roomId, { events: live, timelineLimit })
  return telling.finish(() => true)
}

const rooms = (count: number) => Array.from({ length: count }, (_, n) => `!room${n}:dure.test`)

test('a state is read at another node as it was stored, however many small changes led to it', async (t) => {
  const { node } = await fixture(t)
  const here = node()
  let state = await here.store(key, undefined, told(here.start(), rooms(200), 1))
  const { root } = state
  for (let n = 0; n < 60; n++) {
    state = await here.store(key, state, told(state, [`!room${n}:dure.test`, `!new${n}:dure.test`], 10 + n))
    const there = await node().find(key, state.number)
    assert.deepEqual(there?.rooms, state.rooms)
    assert.equal(there?.root, root)
  }
})

test('what tells nothing new is the same state', async (t) => {
  const { node } = await fixture(t)
  const connections = node()
  const state = await connections.store(key, undefined, told(connections.start(), rooms(2), 1))
  assert.equal(told(state, rooms(2), 1), state)
})

test('states that no client can come back to are dropped; a bounded number of answers to one token is kept', async (t) => {
  const { node, rows, clock } = await fixture(t)
  const connections = node()
  const first = await connections.store(key, undefined, told(connections.start(), rooms(100), 1))
  let last = first
  for (let n = 0; n < 20; n++) {
    clock.jump(1)
    last = await connections.store(key, first, told(first, rooms(1), 2 + n))
  }
  assert.equal(await rows(), 5)
  const next = await connections.store(key, last, told(last, rooms(2), 30))
  assert.equal(await rows(), 3)
  assert(await node().find(key, next.number))
  assert(await node().find(key, last.number))
  const anew = await connections.store(key, undefined, told(connections.start(), rooms(1), 1))
  assert.equal(await rows(), 1)
  assert.equal(await node().find(key, next.number), undefined)
  assert(await node().find(key, anew.number))
})

test('connections end with their device, with their person, and when nobody has used them for long', async (t) => {
  const { node, rows, clock } = await fixture(t)
  const connections = node()
  const of = (over: Partial<typeof key>) =>
    connections.store({ ...key, ...over }, undefined, connections.start())
  const used = await of({})
  await of({ deviceId: 'TABLET' })
  await of({ userId: '@bob:dure.test' })
  await connections.forgetDevices(key.userId, ['TABLET'])
  assert.equal(await rows(), 2)
  await connections.forgetUser('@bob:dure.test')
  assert.equal(await rows(), 1)
  await of({ connId: 'unused' })
  clock.jump(20 * dayMs)
  assert(await node().find(key, used.number))
  clock.jump(11 * dayMs)
  await connections.expire()
  assert(await node().find(key, used.number))
  assert.equal(await rows(), 1)
})
