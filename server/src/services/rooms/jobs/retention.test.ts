import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { sql } from '../../../platform/db/sql.ts'
import { testNodes } from '../../../platform/testing/app.ts'
import { waitingJobs } from '../../../platform/testing/jobs.ts'
import { eventIdsOf, roomsRoutesFixture, type TestPerson } from '../routes/testing.ts'
import { message, state } from '../testing.ts'
import { lifetimeOf, removeOldMessages } from './retention.ts'

const dayMs = 24 * 3_600_000
const settings = { retentionDefault: 0, retentionMin: dayMs, retentionMax: 0 }

/** Alice and Bob in a room; two days go by where `sweep` is told so. */
async function fixture(t: TestContext) {
  const given = await roomsRoutesFixture(t, ['alice', 'bob'])
  const [alice, bob] = given.people
  assert(alice && bob)
  const { platform, services, call } = given
  const ids = async (roomId: string) =>
    eventIdsOf(
      (await call(bob, 'GET', `/rooms/${encodeURIComponent(roomId)}/messages?dir=f&limit=100`)).body['chunk'],
    )
  const found = async (who: TestPerson, term: string) => {
    const body = { search_categories: { room_events: { search_term: term } } }
    const answer = (await call(who, 'POST', '/search', body)).body as {
      search_categories: { room_events: { results: { result: { event_id: string } }[] } }
    }
    return answer.search_categories.room_events.results.map(({ result }) => result.event_id)
  }
  return {
    ...given,
    alice,
    bob,
    ids,
    found,
    async sweep(more: Partial<typeof settings> = {}, laterMs = 2 * dayMs) {
      const clock = { ...platform.clock, now: () => platform.clock.now() + laterMs }
      await removeOldMessages(
        { ...platform, clock, rooms: services.rooms },
        { ...settings, ...more },
        t.signal,
      )
      await platform.stream.reached(await platform.stream.head(), t.signal)
      while ((await waitingJobs(platform.db, 'rooms.messages_removed')).length > 0)
        await new Promise(setImmediate)
    },
  }
}

test('a room that keeps its messages for a day loses them after it, and nothing else', async (t) => {
  const { alice, bob, room, append, ids, found, sweep, platform } = await fixture(t)
  const roomId = await room([alice, bob])
  const other = await room([alice, bob])
  await append(roomId, alice, state('m.room.retention', { max_lifetime: dayMs }))
  const before = await ids(roomId)
  const old = [
    await append(roomId, alice, message('old apple')),
    await append(roomId, bob, message('older apple')),
  ]
  const newest = await append(roomId, alice, message('newest apple'))
  const elsewhere = await append(other, alice, message('apple elsewhere'))
  assert.equal((await found(bob, 'apple')).length, 4)

  await sweep()

  assert.deepEqual(await ids(roomId), [...before, newest])
  assert.ok((await ids(other)).includes(elsewhere))
  assert.deepEqual((await found(bob, 'apple')).sort(), [newest, elsewhere].sort())
  const rows = await platform.db.rows(sql`select 1 from rooms.event where event_id = any(${old})`)
  assert.deepEqual(rows, [])
  // People go on talking there.
  const next = await append(roomId, bob, message('after'))
  assert.deepEqual((await ids(roomId)).slice(-2), [newest, next])
})

test('other nodes show no more of it either, though they had it in memory', async (t) => {
  const { alice, bob, room, append, sweep, databaseUrl } = await fixture(t)
  const [second] = await testNodes(t, 1, { databaseUrl, environment: { DURE_NODE: 'second' } })
  assert(second)
  const roomId = await room([alice, bob])
  await append(roomId, alice, state('m.room.retention', { max_lifetime: 0 }))
  const gone = await append(roomId, alice, message('soon gone'))
  const newest = await append(roomId, alice, message('newest'))
  const shownThere = async () => {
    const head = await second.platform.stream.head()
    await second.platform.stream.reached(head, t.signal)
    const slices = await second.services.rooms.latestEvents([roomId], {
      after: undefined,
      upTo: head,
      limit: 2,
    })
    return slices.get(roomId)?.events.map(({ eventId }) => eventId) ?? []
  }
  assert.deepEqual(await shownThere(), [gone, newest])

  await sweep()

  const shown = await shownThere()
  assert.ok(!shown.includes(gone) && shown.at(-1) === newest)
  assert.equal(await second.services.rooms.event(roomId, gone), undefined)
})

test('the server sets a time for rooms that say nothing, and bounds for the others', async (t) => {
  const { alice, bob, room, append, ids, sweep } = await fixture(t)
  const roomId = await room([alice, bob])
  const first = await append(roomId, alice, message('one'))
  await append(roomId, alice, message('two'))
  await sweep({ retentionDefault: 3 * dayMs })
  assert.ok((await ids(roomId)).includes(first))
  await sweep({ retentionDefault: dayMs })
  assert.ok(!(await ids(roomId)).includes(first))
})

test('what a room says counts within the bounds of the server', () => {
  const bounded = { retentionDefault: 0, retentionMin: 10, retentionMax: 100 }
  for (const [given, lifetimeMs] of [
    [50, 50],
    [1, 10],
    [1000, 100],
    [undefined, 100],
    [-5, 100],
    ['50', 100],
    [1.5, 100],
  ] as const)
    assert.equal(lifetimeOf(given === undefined ? undefined : { max_lifetime: given }, bounded), lifetimeMs)
  assert.equal(lifetimeOf({}, settings), undefined)
  assert.equal(lifetimeOf(undefined, { ...settings, retentionDefault: 7 }), 7)
  assert.equal(lifetimeOf({ max_lifetime: 1 }, { ...settings, retentionDefault: 7 }), dayMs)
})
