import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { testNodes } from '../../src/platform/testing/app.ts'
import { atEnd } from '../../src/platform/testing/cleanup.ts'
import { foundingDrafts, member } from '../../src/services/rooms/testing.ts'
import { createHttpClient, type HttpClient } from '../support/http-client.ts'
import { ok, type Person, register, sendText } from '../support/person.ts'

type Counts = { notification_count: number; highlight_count: number }
type Synced = {
  next_batch: string
  account_data?: { events: { type: string; content: { global: Record<string, { rule_id: string }[]> } }[] }
  rooms?: {
    join?: Record<
      string,
      { unread_notifications?: Counts; unread_thread_notifications?: Record<string, Counts> }
    >
  }
}

const client = '/_matrix/client/v3'
const threads = { room: { timeline: { unread_thread_notifications: true } } }

test('a person reads on one node what was sent through another, and is told how much is unread', async (t) => {
  const { here, there, ann, ben, roomId } = await twoPeople(t)
  const first = await sync(there, ann)
  assert.deepEqual(first.rooms?.join?.[roomId]?.unread_notifications, counts(0, 0))

  const root = await sendText(here, ben, roomId, 'one', {})
  await sendText(here, ben, roomId, 'two', { 'm.mentions': { user_ids: [ann.userId] } })
  const thread = { 'm.relates_to': { rel_type: 'm.thread', event_id: root } }
  const last = await sendText(here, ben, roomId, 'three', thread)

  const unread = await syncUntil(
    there,
    ann,
    first.next_batch,
    (room) => room.unread_notifications?.notification_count === 3,
  )
  assert.deepEqual(unread.room.unread_notifications, counts(3, 1))
  const perThread = (await sync(there, ann, undefined, threads)).rooms?.join?.[roomId]
  assert.deepEqual(perThread?.unread_notifications, counts(2, 1))
  assert.deepEqual(perThread?.unread_thread_notifications, { [root]: counts(1, 0) })

  const receipt = `${client}/rooms/${encodeURIComponent(roomId)}/receipt/m.read.private/${encodeURIComponent(last)}`
  ok(await here.send('POST', receipt, { token: ann.token, body: {} }))
  const read = await syncUntil(
    there,
    ann,
    unread.next,
    (room) => room.unread_notifications?.notification_count === 0,
  )
  assert.deepEqual(read.room.unread_notifications, counts(0, 0))
})

test('a change of push rules reaches the other clients of the person, and decides from then on', async (t) => {
  const { here, there, ann, ben, roomId } = await twoPeople(t)
  const first = await sync(there, ann)
  assert.deepEqual(rulesIn(first)?.['room'], [])

  await sendText(here, ben, roomId, 'one', {})
  const rule = `${client}/pushrules/global/room/${encodeURIComponent(roomId)}`
  ok(await here.send('PUT', rule, { token: ann.token, body: { actions: [] } }))
  await sendText(here, ben, roomId, 'two', {})

  let since = first.next_batch
  for (let rules: ReturnType<typeof rulesIn>; !rules; ) {
    const answer = await sync(there, ann, since)
    rules = rulesIn(answer)
    since = answer.next_batch
    if (rules)
      assert.deepEqual(
        rules['room']?.map(({ rule_id }) => rule_id),
        [roomId],
      )
  }
  const now = await sync(there, ann)
  assert.deepEqual(now.rooms?.join?.[roomId]?.unread_notifications, counts(1, 0))
  const stored = `${client}/user/${encodeURIComponent(ann.userId)}/account_data/m.push_rules`
  assert.deepEqual(ok(await there.send('GET', stored, { token: ann.token })).json()['global'], rulesIn(now))
})

async function twoPeople(t: TestContext) {
  const [first, second] = await testNodes(t, 2)
  assert(first && second)
  const [here, there] = [createHttpClient(await first.listen()), createHttpClient(await second.listen())]
  atEnd(t, () => [here.close(), there.close()])
  const [ann, ben] = [await register(here, 'ann'), await register(here, 'ben')]
  const { rooms } = first.services
  const { roomId } = await rooms.found({
    version: '12',
    sender: ben.userId,
    drafts: foundingDrafts(ben.userId),
  })
  await rooms.append({ roomId, sender: ann.userId, drafts: [member(ann.userId, 'join')] })
  return { here, there, ann, ben, roomId }
}

async function sync(http: HttpClient, person: Person, since?: string, filter?: object): Promise<Synced> {
  const query = new URLSearchParams({ timeout: since === undefined ? '0' : '10000' })
  if (since !== undefined) query.set('since', since)
  if (filter) query.set('filter', JSON.stringify(filter))
  return ok(await http.send('GET', `${client}/sync?${query}`, { token: person.token })).json<Synced>()
}

type JoinedRoom = NonNullable<NonNullable<Synced['rooms']>['join']>[string]

/** Syncs on until the person's room is as wanted. */
async function syncUntil(
  http: HttpClient,
  person: Person,
  since: string,
  isWanted: (room: JoinedRoom) => boolean,
) {
  for (let next = since; ; ) {
    const answer = await sync(http, person, next)
    next = answer.next_batch
    const room = Object.values(answer.rooms?.join ?? {}).find(isWanted)
    if (room) return { room, next }
  }
}

function rulesIn({ account_data }: Synced): Record<string, { rule_id: string }[]> | undefined {
  return account_data?.events.find(({ type }) => type === 'm.push_rules')?.content.global
}

function counts(notification_count: number, highlight_count: number): Counts {
  return { notification_count, highlight_count }
}
