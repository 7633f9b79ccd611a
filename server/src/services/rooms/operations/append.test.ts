import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from '../../../platform/db/sql.ts'
import { openTestDatabase } from '../../../platform/testing/database.ts'
import { createTestRandom } from '../../../platform/testing/random.ts'
import { supportedRoomVersions } from '../protocol/room-versions.ts'
import { alice, bob, carol, member, message, roomsFixture, state } from '../testing.ts'

test('an appended event can be read back at once', async (t) => {
  const { rooms, room } = await roomsFixture(t)
  const roomId = await room()

  const { eventIds, position } = await rooms.append({ roomId, sender: alice, drafts: [message('hello')] })

  const event = await rooms.event(roomId, eventIds[0] ?? '')
  assert.equal(event?.position, position)
  assert.deepEqual(event?.content, { msgtype: 'm.text', body: 'hello' })
  assert.equal(event?.sender, alice)
})

test('a request sent again with its transaction id gives the first event, on any node', async (t) => {
  const { rooms, room, addNode } = await roomsFixture(t)
  const other = await addNode()
  const roomId = await room()
  const request = {
    roomId,
    sender: alice,
    drafts: [message('once')],
    transaction: { sessionId: 's1', txnId: 't1', scope: 'send m.room.message' },
  }

  const answers = await Promise.all([
    ...Array.from({ length: 4 }, () => rooms.append(request)),
    ...Array.from({ length: 4 }, () => other.rooms.append(request)),
  ])
  const later = await other.rooms.append(request)

  for (const answer of [...answers, later]) assert.deepEqual(answer, answers[0])
  const { events } = await rooms.eventsAfter(roomId, { after: 0, upTo: later.position + 100, limit: 100 })
  assert.equal(events.filter(({ type }) => type === 'm.room.message').length, 1)
})

test('another session, scope or room makes the same transaction id another one', async (t) => {
  const { rooms, room } = await roomsFixture(t)
  const [here, there] = [await room(), await room()]
  const transaction = { sessionId: 's1', txnId: 't1', scope: 'a' }
  const send = async (roomId: string, change: Partial<typeof transaction>) => {
    const request = {
      roomId,
      sender: alice,
      drafts: [message('x')],
      transaction: { ...transaction, ...change },
    }
    return (await rooms.append(request)).eventIds[0]
  }

  const ids = [
    await send(here, {}),
    await send(here, { sessionId: 's2' }),
    await send(here, { scope: 'b' }),
    await send(here, { txnId: 't2' }),
    await send(there, {}),
  ]

  assert.equal(new Set(ids).size, ids.length)
})

test('two nodes writing at once make one chain per room, with positions in commit order', async (t) => {
  const seed = 20221015
  t.diagnostic(`seed ${seed}`)
  const random = createTestRandom(seed)
  const { rooms, room, addNode, databaseUrl } = await roomsFixture(t)
  const nodes = [rooms, (await addNode()).rooms]
  const roomIds = [await room(), await room(), await room()]

  const acknowledged: { roomId: string; eventId: string; position: number }[] = []
  await Promise.all(
    Array.from({ length: 300 }, async (_, index) => {
      const roomId = roomIds[random.below(roomIds.length)] ?? ''
      const draft = random.below(4) === 0 ? state('m.room.topic', { topic: `${index}` }) : message(`${index}`)
      const transaction = { sessionId: 's', txnId: `${index}`, scope: 'test' }
      const node = nodes[random.below(2)] ?? rooms
      const request = { roomId, sender: alice, drafts: [draft], transaction }
      const { eventIds, position } = await node.append(request)
      acknowledged.push({ roomId, eventId: eventIds[0] ?? '', position })
      // Some callers never saw the answer and ask the other node.
      if (random.below(5) === 0)
        assert.deepEqual((await (nodes[random.below(2)] ?? rooms).append(request)).eventIds, eventIds)
    }),
  )

  const db = openTestDatabase(databaseUrl)
  t.after(() => db.close())
  for (const roomId of roomIds) {
    const rows = await db.rows<{ event_id: string; position: number; pdu: string }>(
      sql`select event_id, position, pdu from rooms.event where room_id = ${roomId} order by position`,
    )
    const pdus = rows.map(({ pdu }) => JSON.parse(pdu))
    for (const [index, pdu] of pdus.entries()) {
      assert.deepEqual(pdu.prev_events, index === 0 ? [] : [rows[index - 1]?.event_id])
      assert.equal(pdu.depth, index + 1)
    }
    const own = acknowledged.filter((answer) => answer.roomId === roomId)
    const stored = new Map(rows.map((row) => [row.event_id, row.position]))
    for (const { eventId, position } of own) assert.equal(stored.get(eventId), position)
    assert.equal(new Set(own.map(({ eventId }) => eventId)).size, own.length)
    assert.equal(rows.length, 4 + own.length)
  }
})

test('a node judges by what another node has just written', async (t) => {
  const { rooms, room, addNode } = await roomsFixture(t)
  const other = await addNode()
  const roomId = await room({ people: [alice, bob] })
  await other.rooms.append({ roomId, sender: bob, drafts: [message('before')] })

  await rooms.append({ roomId, sender: alice, drafts: [member(bob, 'ban')] })

  await assert.rejects(other.rooms.append({ roomId, sender: bob, drafts: [message('after')] }), {
    code: 'rooms.forbidden',
  })
})

test('drafts of one request are written together or not at all', async (t) => {
  const { rooms, room } = await roomsFixture(t)
  const roomId = await room()
  const bobJoins = member(bob, 'invite')

  await assert.rejects(
    rooms.append({ roomId, sender: alice, drafts: [bobJoins, message('hi'), member(carol, 'join')] }),
    { code: 'rooms.forbidden' },
  )
  assert.equal(await rooms.membership(roomId, bob), undefined)

  const { eventIds } = await rooms.append({ roomId, sender: alice, drafts: [bobJoins, message('hi')] })
  assert.equal(eventIds.length, 2)
  assert.equal(await rooms.membership(roomId, bob), 'invite')
})

test('a refused request does not harm those that share its batch', async (t) => {
  const { rooms, room } = await roomsFixture(t)
  const roomId = await room()

  const answers = await Promise.allSettled([
    rooms.append({ roomId, sender: alice, drafts: [message('1')] }),
    rooms.append({ roomId, sender: bob, drafts: [message('2')] }),
    rooms.append({ roomId, sender: alice, drafts: [message('3')] }),
  ])

  assert.deepEqual(
    answers.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  )
})

test('state that changes nothing gives the event that already stands there', async (t) => {
  const { send, room } = await roomsFixture(t)
  const roomId = await room({ people: [alice, bob], powerLevels: { events: { 'm.room.topic': 0 } } })

  const first = await send(roomId, alice, state('m.room.topic', { topic: 'tea', more: [1] }))
  const again = await send(roomId, alice, state('m.room.topic', { more: [1], topic: 'tea' }))
  const changed = await send(roomId, alice, state('m.room.topic', { topic: 'coffee' }))
  const byAnother = await send(roomId, bob, state('m.room.topic', { topic: 'coffee' }))

  assert.deepEqual(again, first)
  assert.notEqual(changed.eventId, first.eventId)
  assert.notEqual(byAnother.eventId, changed.eventId)
})

test('rooms that one person founds in the same moment are different rooms', async (t) => {
  const { rooms } = await roomsFixture(t)
  const founding = {
    version: '12',
    sender: alice,
    drafts: [state('m.room.create', {}), member(alice, 'join')],
  }

  const founded = await Promise.all(Array.from({ length: 5 }, () => rooms.found(founding)))

  assert.equal(new Set(founded.map(({ roomId }) => roomId)).size, 5)
  for (const { roomId, eventIds } of founded) assert.equal(roomId, `!${eventIds[0]?.slice(1)}`)
})

test('rooms of every supported version take events', async (t) => {
  const { rooms, room, say } = await roomsFixture(t)
  for (const { id: version } of supportedRoomVersions) {
    const roomId = await room({ version, people: [alice, bob] })
    const { eventId } = await say(roomId, bob, 'hello')
    assert.equal((await rooms.event(roomId, eventId))?.sender, bob)
    assert.equal((await rooms.state(roomId))?.version, version)
  }
})
