import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JsonObject } from '../../../platform/json.ts'
import { createTestClock } from '../../../platform/testing/clock.ts'
import { alice, bob, carol, member, message, roomsFixture, state } from '../testing.ts'

const seenBy = (userId: string, sessionId?: string) => ({ userId, sessionId })

async function fixture(t: Parameters<typeof roomsFixture>[0]) {
  const clock = createTestClock()
  const base = await roomsFixture(t, { clock })
  /** One event as somebody gets it. */
  async function show(
    roomId: string,
    eventId: string,
    viewer = seenBy(alice),
    options: { withRoomId?: boolean; bundle?: boolean } = {},
  ): Promise<JsonObject & { unsigned: JsonObject }> {
    const events = await base.rooms.events(roomId, [eventId])
    const [shown] = await base.rooms.present(events, viewer, options)
    const [text = ''] = await base.rooms.presentJson(events, viewer, options)
    assert.deepEqual(JSON.parse(text), shown)
    return JSON.parse(text)
  }
  const relate = (type: string, eventId: string, more: JsonObject = {}) => ({
    'm.relates_to': { rel_type: type, event_id: eventId, ...more },
  })
  return { ...base, clock, show, relate }
}

test('a client gets the members of an event that the specification lists', async (t) => {
  const { room, say, show, clock } = await fixture(t)
  const roomId = await room()
  const sentAt = clock.now()
  const { eventId } = await say(roomId, alice, 'hi')
  await clock.advance(1500)

  assert.deepEqual(await show(roomId, eventId, seenBy(alice), { withRoomId: true }), {
    type: 'm.room.message',
    sender: alice,
    content: { msgtype: 'm.text', body: 'hi' },
    event_id: eventId,
    origin_server_ts: sentAt,
    room_id: roomId,
    unsigned: { age: 1500, membership: 'join' },
  })
  assert.equal('room_id' in (await show(roomId, eventId)), false)
})

test('a state event shows what it replaced', async (t) => {
  const { room, send, show } = await fixture(t)
  const roomId = await room()
  const first = await send(roomId, alice, state('m.room.topic', { topic: 'tea' }))
  const second = await send(roomId, alice, state('m.room.topic', { topic: 'coffee' }))

  const { unsigned, state_key } = await show(roomId, second.eventId)
  assert.equal(state_key, '')
  assert.equal(unsigned['replaces_state'], first.eventId)
  assert.deepEqual(unsigned['prev_content'], { topic: 'tea' })
  assert.equal('replaces_state' in (await show(roomId, first.eventId)).unsigned, false)
})

test('what was replaced is named but not shown to somebody who may not see it', async (t) => {
  const { room, send, show } = await fixture(t)
  const roomId = await room({ historyVisibility: 'joined' })
  const first = await send(roomId, alice, state('m.room.topic', { topic: 'secret' }))
  await send(roomId, bob, member(bob, 'join'))
  const second = await send(roomId, alice, state('m.room.topic', { topic: 'open' }))

  const { unsigned } = await show(roomId, second.eventId, seenBy(bob))
  assert.equal(unsigned['replaces_state'], first.eventId)
  assert.equal('prev_content' in unsigned, false)
})

test('the transaction id is shown to the session that used it alone', async (t) => {
  const { rooms, room, show, reached } = await fixture(t)
  const roomId = await room({ people: [alice, bob] })
  const transaction = { sessionId: 'phone', txnId: 'txn-1', scope: 'send' }
  const { eventIds, position } = await rooms.append({
    roomId,
    sender: alice,
    drafts: [message('x')],
    transaction,
  })
  await reached(position)
  const shownTo = async (sessionId: string | undefined) =>
    (await show(roomId, eventIds[0] ?? '', seenBy(alice, sessionId))).unsigned['transaction_id']

  assert.equal(await shownTo('phone'), 'txn-1')
  assert.equal(await shownTo('laptop'), undefined)
  assert.equal(await shownTo(undefined), undefined)
})

test("the viewer's membership is that at the event", async (t) => {
  const { room, say, send, show } = await fixture(t)
  const roomId = await room({ historyVisibility: 'world_readable' })
  const { eventId: before } = await say(roomId, alice, '1')
  const { eventId: joining } = await send(roomId, bob, member(bob, 'join'))
  const { eventId: during } = await say(roomId, alice, '2')
  const { eventId: leaving } = await send(roomId, bob, member(bob, 'leave'))

  const memberships = await Promise.all(
    [before, joining, during, leaving].map(
      async (eventId) => (await show(roomId, eventId, seenBy(bob))).unsigned,
    ),
  )
  assert.deepEqual(
    memberships.map(({ membership }) => membership),
    ['leave', 'join', 'join', 'leave'],
  )
})

for (const version of ['10', '11', '12']) {
  test(`version ${version}: a redacted event shows what is left of it and why`, async (t) => {
    const { rooms, room, say, send, show, addNode } = await fixture(t)
    const roomId = await room({ version, people: [alice, bob] })
    const { eventId } = await say(roomId, bob, 'regrettable')
    const redaction = await send(roomId, bob, {
      type: 'm.room.redaction',
      content: { reason: 'typo' },
      redacts: eventId,
    })

    const shown = await show(roomId, eventId)
    assert.deepEqual(shown['content'], {})
    const because = shown.unsigned['redacted_because'] as JsonObject
    assert.equal(because['event_id'], redaction.eventId)
    assert.equal(because['redacts'], eventId)
    assert.deepEqual(because['content'], { reason: 'typo', redacts: eventId })

    // On a node that never had it in memory, the stored event has lost its content too.
    const stored = await (await addNode()).rooms.event(roomId, eventId)
    assert.deepEqual(stored?.content, {})
    assert.equal(stored?.redactedBy, redaction.eventId)
    assert.equal((await rooms.event(roomId, eventId))?.redactedBy, redaction.eventId)
  })
}

test('the newest edit, the thread and the references of an event are bundled with it', async (t) => {
  const { room, say, send, show, relate, clock } = await fixture(t)
  const roomId = await room({ people: [alice, bob] })
  const { eventId } = await say(roomId, alice, 'first')
  const edit = (body: string) =>
    message(`* ${body}`, { 'm.new_content': { body }, ...relate('m.replace', eventId) })
  await send(roomId, alice, edit('second'))
  await clock.advance(1)
  const newest = await send(roomId, alice, edit('third'))
  await send(roomId, bob, edit('not by its author'))
  await send(roomId, alice, message('no new content', relate('m.replace', eventId)))
  await send(roomId, bob, message('reply 1', relate('m.thread', eventId)))
  const reply = await send(roomId, bob, message('reply 2', relate('m.thread', eventId)))
  const replyEdit = await send(
    roomId,
    bob,
    message('* reply two', { 'm.new_content': { body: 'reply two' }, ...relate('m.replace', reply.eventId) }),
  )
  const reference = await send(roomId, bob, message('see', relate('m.reference', eventId)))
  await send(roomId, bob, { type: 'm.reaction', content: relate('m.annotation', eventId, { key: '👍' }) })

  const { unsigned } = await show(roomId, eventId, seenBy(alice), { bundle: true })
  const relations = unsigned['m.relations'] as { [type: string]: JsonObject }
  assert.deepEqual(Object.keys(relations).sort(), ['m.reference', 'm.replace', 'm.thread'])
  assert.equal(relations['m.replace']?.['event_id'], newest.eventId)
  assert.deepEqual(relations['m.reference'], { chunk: [{ event_id: reference.eventId }] })
  const { latest_event: latest, ...thread } = relations['m.thread'] as { latest_event: JsonObject }
  assert.deepEqual(thread, { count: 2, current_user_participated: true })
  assert.equal(latest['event_id'], reply.eventId)
  const ofLatest = (latest['unsigned'] as JsonObject)['m.relations'] as { [type: string]: JsonObject }
  assert.equal(ofLatest['m.replace']?.['event_id'], replyEdit.eventId)

  assert.equal('m.relations' in (await show(roomId, eventId)).unsigned, false)
})

test('a redacted child no longer counts, and a redacted event shows no edits', async (t) => {
  const { room, say, send, show, relate } = await fixture(t)
  const roomId = await room({ people: [alice, bob] })
  const { eventId } = await say(roomId, alice, 'first')
  const reply = await send(roomId, bob, message('reply', relate('m.thread', eventId)))
  await send(
    roomId,
    alice,
    message('* 2', { 'm.new_content': { body: '2' }, ...relate('m.replace', eventId) }),
  )
  const redact = (redacts: string) => ({ type: 'm.room.redaction', content: {}, redacts })

  await send(roomId, bob, redact(reply.eventId))
  const edited = (await show(roomId, eventId, seenBy(alice), { bundle: true })).unsigned['m.relations']
  assert.deepEqual(Object.keys(edited ?? {}), ['m.replace'])

  await send(roomId, alice, redact(eventId))
  assert.equal(
    'm.relations' in (await show(roomId, eventId, seenBy(alice), { bundle: true })).unsigned,
    false,
  )
})

test('children that the viewer may not see, or whose senders they ignore, are left out', async (t) => {
  const { room, say, send, show, relate, ignored } = await fixture(t)
  const roomId = await room({ people: [alice, bob, carol], historyVisibility: 'joined' })
  const { eventId } = await say(roomId, alice, 'root')
  await send(roomId, bob, message('1', relate('m.thread', eventId)))
  await send(roomId, carol, member(carol, 'leave'))
  await send(roomId, alice, message('2', relate('m.thread', eventId)))
  const threadFor = async (userId: string) => {
    const { unsigned } = await show(roomId, eventId, seenBy(userId), { bundle: true })
    const relations = unsigned['m.relations'] as { [type: string]: JsonObject } | undefined
    return relations?.['m.thread']?.['count']
  }

  assert.equal(await threadFor(alice), 2)
  assert.equal(await threadFor(carol), 1)
  ignored.set(alice, new Set([bob]))
  assert.equal(await threadFor(alice), 1)
  ignored.set(carol, new Set([bob]))
  assert.equal(await threadFor(carol), undefined)
})

test('stripped state names the room and the inviter, and says no more than four things of each event', async (t) => {
  const { rooms, room, send } = await fixture(t)
  const roomId = await room({ joinRule: 'invite' })
  await send(roomId, alice, state('m.room.name', { name: 'Kitchen' }))
  await send(roomId, alice, state('org.example.secret', { hush: true }))
  const { position } = await send(roomId, alice, member(bob, 'invite'))
  await send(roomId, alice, state('m.room.name', { name: 'Later' }))

  const events = (await rooms.strippedState(roomId, position)) as JsonObject[]
  assert.deepEqual(events.map(({ type, state_key }) => `${type} ${state_key}`).sort(), [
    'm.room.create ',
    'm.room.join_rules ',
    `m.room.member ${alice}`,
    `m.room.member ${bob}`,
    'm.room.name ',
  ])
  for (const event of events)
    assert.deepEqual(Object.keys(event).sort(), ['content', 'sender', 'state_key', 'type'])
  assert.deepEqual(events.find(({ type }) => type === 'm.room.name')?.['content'], { name: 'Kitchen' })
})
