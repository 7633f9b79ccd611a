import assert from 'node:assert/strict'
import { test } from 'node:test'
import { alice, bob, carol, member, message, state } from '../../rooms/testing.ts'
import { type RoomAnswer, type SyncNode, type SyncOptions, syncNodes, syncOnce } from '../testing/nodes.ts'

const lazy = { room: { state: { lazy_load_members: true }, timeline: { limit: 1 } } }

function membersIn(room: RoomAnswer | undefined): string[] {
  return [...(room?.state?.events ?? []), ...(room?.state_after?.events ?? [])]
    .flatMap(({ type, state_key }) => (type === 'm.room.member' ? [state_key ?? ''] : []))
    .sort()
}

async function roomOf(node: SyncNode, roomId: string, userId: string, options: SyncOptions) {
  const answer = await syncOnce(node, userId, options)
  return { room: answer.rooms?.join?.[roomId], since: answer.next_batch }
}

test('lazy-loading gives the members that are needed, each once per session', async (t) => {
  const [node] = await syncNodes(t)
  const roomId = await node.room([alice, bob, carol, '@dan:dure.test'])
  await node.send(roomId, alice, state('m.room.name', { name: 'named, so without heroes' }))
  await node.say(roomId, alice, 'one')
  const first = await roomOf(node, roomId, bob, { filter: lazy })
  assert.deepEqual(membersIn(first.room), [alice, bob], 'the sender and oneself')
  await node.say(roomId, carol, 'two')
  const lost = await roomOf(node, roomId, bob, { filter: lazy, since: first.since })
  assert.deepEqual(membersIn(lost.room), [carol])
  const again = await roomOf(node, roomId, bob, { filter: lazy, since: first.since })
  assert.deepEqual(membersIn(again.room), [carol], 'the answer may have been lost')
  await node.say(roomId, carol, 'three')
  const known = await roomOf(node, roomId, bob, { filter: lazy, since: again.since })
  assert.deepEqual(membersIn(known.room), [])
  const redundant = {
    room: { ...lazy.room, state: { lazy_load_members: true, include_redundant_members: true } },
  }
  assert.deepEqual(
    membersIn((await roomOf(node, roomId, bob, { filter: redundant, since: again.since })).room),
    [carol],
  )
  const other = await roomOf(node, roomId, bob, { filter: lazy, since: again.since, sessionId: 'other' })
  assert.deepEqual(membersIn(other.room), [carol])
})

test('lazy-loading gives heroes, and everybody whose membership changed in a gap', async (t) => {
  const [node] = await syncNodes(t)
  const roomId = await node.room([alice, bob])
  const first = await roomOf(node, roomId, bob, { filter: lazy })
  assert.deepEqual(first.room?.summary?.['m.heroes'], [alice])
  assert.deepEqual(membersIn(first.room), [alice])
  await node.send(roomId, carol, member(carol, 'join'))
  await node.say(roomId, alice, 'one')
  await node.say(roomId, alice, 'two')
  const gap = await roomOf(node, roomId, bob, { filter: lazy, since: first.since })
  assert.equal(gap.room?.timeline.limited, true)
  assert.deepEqual(
    membersIn(gap.room),
    [alice, carol].filter((userId) => membersIn(gap.room).includes(userId)),
  )
  assert.ok(membersIn(gap.room).includes(carol))
})

test('state_after is the state at the end of the timeline, and takes the place of state', async (t) => {
  const [node] = await syncNodes(t)
  const roomId = await node.room([alice, bob])
  const first = await roomOf(node, roomId, bob, { useStateAfter: true })
  assert.equal(first.room?.state, undefined)
  assert.equal(first.room?.state_after?.events.length, 5)
  await node.send(roomId, alice, state('m.room.name', { name: 'a' }))
  await node.say(roomId, alice, 'hello')
  const next = await roomOf(node, roomId, bob, { useStateAfter: true, since: first.since })
  assert.deepEqual(
    next.room?.state_after?.events.map(({ type }) => type),
    ['m.room.name'],
  )
  await node.say(roomId, alice, 'more')
  const last = await roomOf(node, roomId, bob, { useStateAfter: true, since: next.since })
  assert.deepEqual(last.room?.state_after, { events: [] })
})

test('the full state comes with every joined room, with a timeline of what is new', async (t) => {
  const [node] = await syncNodes(t)
  const roomId = await node.room([alice, bob])
  const { since } = await roomOf(node, roomId, bob, {})
  const quiet = await roomOf(node, roomId, bob, { since, fullState: true, timeoutMs: 60_000 })
  assert.equal(quiet.room?.state?.events.length, 5)
  assert.deepEqual(quiet.room?.timeline.events, [])
  await node.send(roomId, alice, state('m.room.name', { name: 'a' }))
  const named = await roomOf(node, roomId, bob, { since, fullState: true })
  assert.equal(named.room?.state?.events.length, 5, 'the name is in the timeline')
  assert.deepEqual(
    named.room?.timeline.events.map(({ type }) => type),
    ['m.room.name'],
  )
})

test('a filter on the timeline loses no state', async (t) => {
  const [node] = await syncNodes(t)
  const roomId = await node.room([alice, bob])
  const filter = { room: { timeline: { types: ['m.room.message'] } } }
  const { since } = await roomOf(node, roomId, bob, { filter })
  await node.say(roomId, alice, 'hello')
  await node.send(roomId, alice, state('m.room.name', { name: 'a' }))
  const { room } = await roomOf(node, roomId, bob, { filter, since })
  assert.deepEqual(
    room?.timeline.events.map(({ type }) => type),
    ['m.room.message'],
  )
  assert.deepEqual(
    room?.state?.events.map(({ type }) => type),
    ['m.room.name'],
  )
})

test('filters choose rooms, state, senders, urls and fields', async (t) => {
  const [node] = await syncNodes(t)
  const roomId = await node.room([alice, bob])
  const other = await node.room([alice, bob])
  await node.send(roomId, alice, message('image', { url: 'mxc://dure.test/a' }))
  await node.say(roomId, bob, 'text')
  const shown = async (filter: object) =>
    (await roomOf(node, roomId, bob, { filter: JSON.stringify(filter) })).room?.timeline.events ?? []
  const only = await syncOnce(node, bob, { filter: { room: { not_rooms: [other] } } })
  assert.deepEqual(Object.keys(only.rooms?.join ?? {}), [roomId])
  assert.deepEqual(
    (await shown({ room: { timeline: { contains_url: true } } })).map(({ content }) => content['body']),
    ['image'],
  )
  assert.deepEqual(
    (await shown({ room: { timeline: { senders: [bob], types: ['*.message'] } } })).map(
      ({ content }) => content['body'],
    ),
    ['text'],
  )
  const fields = await shown({
    event_fields: ['content.body'],
    room: { timeline: { types: ['m.room.message'] } },
  })
  assert.deepEqual(fields, [{ content: { body: 'image' } }, { content: { body: 'text' } }])
  const none = await roomOf(node, roomId, bob, {
    filter: { room: { state: { types: [] }, timeline: { limit: 1 } } },
  })
  assert.deepEqual(none.room?.state?.events, [])
})

test('the federation format is the event as it was signed', async (t) => {
  const [node] = await syncNodes(t)
  const roomId = await node.room([alice, bob])
  const { room } = await roomOf(node, roomId, bob, { filter: { event_format: 'federation' } })
  const [create] = room?.timeline.events ?? []
  assert.equal(create?.type, 'm.room.create')
  for (const name of ['auth_events', 'prev_events', 'depth', 'hashes', 'signatures'])
    assert.ok(Object.hasOwn(create ?? {}, name), name)
})

test('to-device messages stay until a token covers them, and come in portions', async (t) => {
  const [node] = await syncNodes(t, { environment: { DURE_SYNC_TO_DEVICE_LIMIT: '2' } })
  const { registerPerson } = await import('../../identity/testing.ts')
  const ann = await registerPerson(node.http, 'ann')
  for (let n = 1; n <= 3; n++) {
    const path = `sendToDevice/m.test/txn${n}`
    assert.equal((await ann.call('PUT', path, { messages: { [ann.userId]: { '*': { n } } } })).status, 200)
  }
  await node.caughtUp()
  const get = async (since?: string) => {
    const { body } = await ann.call('GET', since === undefined ? 'sync' : `sync?since=${since}`)
    const events: { content: { n: number } }[] = body.to_device?.events ?? []
    return { next: body.next_batch, ns: events.map(({ content }) => content.n) }
  }
  const first = await get()
  assert.deepEqual(first.ns, [1, 2])
  const second = await get(first.next)
  assert.deepEqual(second.ns, [3])
  assert.deepEqual((await get(first.next)).ns, [3], 'the answer was lost')
  assert.deepEqual((await get(second.next)).ns, [])
})

test('device lists tell who came to share an encrypted room, and who ceased to', async (t) => {
  const [node] = await syncNodes(t)
  const encrypted = await node.room([alice, bob])
  await node.send(encrypted, alice, state('m.room.encryption', { algorithm: 'm.megolm.v1.aes-sha2' }))
  const plain = await node.room([alice, bob])
  const { next_batch: start } = await syncOnce(node, bob)
  await node.send(plain, carol, member(carol, 'join'))
  const unencrypted = await syncOnce(node, bob, { since: start })
  assert.equal(unencrypted.device_lists, undefined)
  await node.send(encrypted, carol, member(carol, 'join'))
  const came = await syncOnce(node, bob, { since: unencrypted.next_batch })
  assert.deepEqual(came.device_lists, { changed: [carol], left: [] })
  await node.send(encrypted, carol, member(carol, 'leave'))
  const went = await syncOnce(node, bob, { since: came.next_batch })
  assert.deepEqual(went.device_lists, { changed: [], left: [carol] })
  await node.send(encrypted, bob, member(bob, 'leave'))
  const left = await syncOnce(node, bob, { since: went.next_batch })
  assert.deepEqual(left.device_lists, { changed: [], left: [alice] })
  await node.send(encrypted, bob, member(bob, 'join'))
  const back = await syncOnce(node, bob, { since: left.next_batch })
  assert.deepEqual(back.device_lists, { changed: [alice], left: [] })
})

test('unread counts come with the event that they count, and go with the receipt', async (t) => {
  const [node] = await syncNodes(t)
  const roomId = await node.room([alice, bob])
  const { since } = await roomOf(node, roomId, bob, {})
  const eventId = await node.say(roomId, alice, 'hello')
  const unread = await roomOf(node, roomId, bob, { since })
  assert.equal(unread.room?.unread_notifications?.notification_count, 1)
  await node.receipts.markRead({ userId: bob, roomId }, [
    { type: 'm.read.private', eventId, threadId: undefined },
  ])
  await node.caughtUp()
  const read = await roomOf(node, roomId, bob, {
    since: unread.since,
    filter: { room: { ephemeral: { types: [] } } },
  })
  assert.equal(read.room?.unread_notifications?.notification_count, 0)
  assert.deepEqual(read.room?.ephemeral, { events: [] })
})

test('account data comes when it changes, and all of a room’s with the room', async (t) => {
  const [node] = await syncNodes(t)
  const roomId = await node.room([alice])
  await node.accountData.put(bob, roomId, 'm.tag', { tags: {} })
  await node.caughtUp()
  const { next_batch: since } = await syncOnce(node, bob)
  await node.accountData.put(bob, undefined, 'org.example', { a: 1 })
  await node.send(roomId, bob, member(bob, 'join'))
  await node.caughtUp()
  const answer = await syncOnce(node, bob, { since })
  assert.deepEqual(answer.account_data?.events, [{ type: 'org.example', content: { a: 1 } }])
  assert.deepEqual(answer.rooms?.join?.[roomId]?.account_data?.events, [
    { type: 'm.tag', content: { tags: {} } },
  ])
})
