import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Receipt } from '../../receipts/api.ts'
import type { TimelineEvent } from '../../rooms/api.ts'
import { ALICE, BOB } from '../rules/testing.ts'
import { restoredState, storedUnread } from './stored-state.ts'
import { readerOf, receipt, timelineEvent } from './testing.ts'
import {
  asOf,
  countsOf,
  freshState,
  NOTIFICATIONS_MAX,
  recountOlder,
  takeInEvents,
  takeInReceipts,
  type UnreadState,
  withoutRedacted,
} from './unread-state.ts'

const CAROL = '@carol:example.org'
const NOBODY: ReadonlySet<string> = new Set()

function after(events: readonly TimelineEvent[], state = freshState(1), receipts: readonly Receipt[] = []) {
  return takeInEvents(takeInReceipts(state, receipts).state, events, readerOf(receipts))
}

function totals(state: UnreadState, ignored = NOBODY): [main: number, threads: Record<string, number>] {
  const { main, threads } = countsOf(state, ignored)
  return [
    main.notification,
    Object.fromEntries(Array.from(threads, ([id, counts]) => [id, counts.notification])),
  ]
}

const member = (membership: string, userId = ALICE): Partial<TimelineEvent> => ({
  type: 'm.room.member',
  stateKey: userId,
  sender: userId,
  content: { membership },
})

test('messages of others are unread, per thread, and highlights among them are counted', () => {
  const state = after([
    timelineEvent(2),
    timelineEvent(3, { threadRoot: '$root', content: { body: 'Alice' } }),
    timelineEvent(4, { threadRoot: '$root' }),
    timelineEvent(5, { type: 'm.reaction' }),
  ])
  assert.deepEqual(countsOf(state, NOBODY), {
    main: { notification: 1, highlight: 0 },
    threads: new Map([['$root', { notification: 2, highlight: 1 }]]),
    total: { notification: 3, highlight: 1 },
  })
})

test('an event is counted once however often it is given', () => {
  const events = [timelineEvent(2), timelineEvent(3)]
  assert.deepEqual(totals(after(events, after(events))), [2, {}])
})

test('an unthreaded receipt reads all threads up to its event', () => {
  const events = [2, 3, 4, 5].map((position) =>
    timelineEvent(position, position % 2 ? { threadRoot: '$root' } : {}),
  )
  assert.deepEqual(totals(takeInReceipts(after(events), [receipt(4, 6)]).state), [0, { $root: 1 }])
  assert.deepEqual(totals(takeInReceipts(after(events), [receipt(5, 6)]).state), [0, {}])
})

test('a threaded receipt reads its thread alone, and main is one of the threads', () => {
  const events = [2, 3, 4, 5].map((position) =>
    timelineEvent(position, position % 2 ? { threadRoot: '$root' } : {}),
  )
  assert.deepEqual(totals(takeInReceipts(after(events), [receipt(5, 6, { threadId: '$root' })]).state), [
    2,
    {},
  ])
  assert.deepEqual(totals(takeInReceipts(after(events), [receipt(5, 6, { threadId: 'main' })]).state), [
    0,
    { $root: 2 },
  ])
  assert.deepEqual(totals(takeInReceipts(after(events), [receipt(5, 6, { threadId: '$other' })]).state), [
    2,
    { $root: 2 },
  ])
})

test('of a public and a private receipt the one ahead counts', () => {
  const events = [2, 3, 4, 5].map((position) => timelineEvent(position))
  const open = receipt(4, 6)
  for (const [eventPosition, unread] of [
    [2, 1],
    [4, 1],
    [5, 0],
  ] as const) {
    const hidden = receipt(eventPosition, 7, { type: 'm.read.private' })
    assert.deepEqual(totals(takeInReceipts(after(events), [open, hidden]).state), [unread, {}])
  }
})

test('an event that comes after its receipt is read', () => {
  assert.deepEqual(totals(after([timelineEvent(2), timelineEvent(3)], freshState(1), [receipt(2, 4)])), [
    1,
    {},
  ])
})

test('sending something reads its thread up to there', () => {
  const others = [timelineEvent(2), timelineEvent(3, { threadRoot: '$root' })]
  const own = (changes: Partial<TimelineEvent>) => timelineEvent(4, { sender: ALICE, ...changes })
  assert.deepEqual(totals(after([...others, own({}), timelineEvent(5)])), [1, { $root: 1 }])
  assert.deepEqual(totals(after([...others, own({ threadRoot: '$root' })])), [1, {}])
  assert.deepEqual(totals(after([...others, own({ type: 'm.reaction' })])), [0, { $root: 1 }])
})

test('redacting something, or changing the own name, reads nothing', () => {
  const redaction = timelineEvent(3, { sender: ALICE, type: 'm.room.redaction', redacts: '$other' })
  assert.deepEqual(totals(after([timelineEvent(2), redaction])), [1, {}])
  assert.deepEqual(totals(after([timelineEvent(2), timelineEvent(3, member('join'))])), [1, {}])
})

test('leaving forgets everything, and what is sent before the return does not count', () => {
  const left = after([timelineEvent(2), timelineEvent(3, member('leave')), timelineEvent(4)])
  assert.deepEqual(totals(left), [0, {}])
  assert.equal(left.since, undefined)
  const back = after([timelineEvent(5, member('join')), timelineEvent(6)], left)
  assert.deepEqual(totals(back), [1, {}])
  assert.equal(back.since, 5)
})

test('the coming and going of others changes nothing', () => {
  const state = after([timelineEvent(2), timelineEvent(3, member('leave', BOB)), timelineEvent(4)])
  assert.deepEqual(totals(state), [2, {}])
})

test('what is redacted is no longer unread', () => {
  const state = after([timelineEvent(2), timelineEvent(3)])
  assert.deepEqual(totals(withoutRedacted(state, new Set([2]))), [1, {}])
  assert.deepEqual(totals(withoutRedacted(state, new Set([7]))), [2, {}])
})

test('notifications by ignored people do not count', () => {
  const state = after([timelineEvent(2), timelineEvent(3, { sender: CAROL })])
  assert.deepEqual(totals(state, new Set([CAROL])), [1, {}])
  assert.deepEqual(totals(state), [2, {}])
})

test('more notifications than are kept one by one stay counted, and a receipt past them reads them', () => {
  const many = NOTIFICATIONS_MAX + 100
  const events = Array.from({ length: many }, (_, at) =>
    timelineEvent(at + 2, { content: { body: at ? '' : 'Alice' } }),
  )
  const state = after(events)
  assert.equal(state.notifications.length, NOTIFICATIONS_MAX)
  assert.deepEqual(countsOf(state, NOBODY).main, { notification: many, highlight: 1 })
  const read = takeInReceipts(state, [receipt(NOTIFICATIONS_MAX, many + 10)])
  assert.deepEqual([totals(read.state), read.recount.size], [[many - NOTIFICATIONS_MAX + 1, {}], 0])
})

test('people ignored when notifications become numbers are not among the numbers', () => {
  const events = [timelineEvent(2, { sender: CAROL }), timelineEvent(3), timelineEvent(4)]
  const state = takeInEvents(freshState(1), events, readerOf([], [CAROL]), 1)
  assert.deepEqual(totals(state), [2, {}])
})

test('a receipt among the numbers asks for a recount of its thread alone', () => {
  const events = [2, 3, 4, 5, 6].map((position) =>
    timelineEvent(position, position % 2 ? { threadRoot: '$root' } : {}),
  )
  const state = takeInEvents(freshState(1), events, readerOf(), 0)
  const read = takeInReceipts(state, [receipt(4, 7, { threadId: 'main' })])
  assert.deepEqual(read.recount, new Map([['main', 4]]))
  assert.deepEqual(totals(recountOlder(read.state, read.recount, events, readerOf())), [1, { $root: 2 }])
})

test('a receipt taken in before, or behind another, asks for nothing', () => {
  const state = takeInEvents(
    freshState(1),
    [2, 3, 4, 5].map((at) => timelineEvent(at)),
    readerOf(),
    0,
  )
  assert.equal(takeInReceipts(state, [receipt(3, 4)]).recount.size, 0)
  const behind = [receipt(4, 5), receipt(3, 9, { type: 'm.read.private' })]
  assert.equal(takeInReceipts(state, behind).recount.size, 0)
})

type Step = {
  kind: 'message' | 'own' | 'redact' | 'receipt' | 'move' | 'count'
  thread: number
  pick: number
}

const steps = (kinds: Step['kind'][]) =>
  fc.array(fc.record({ kind: fc.constantFrom(...kinds), thread: fc.nat(2), pick: fc.nat(1_000) }), {
    maxLength: 60,
    size: 'max',
  })

test('counting step by step, with restarts in between, gives what counting everything at once gives', () => {
  fc.assert(
    fc.property(
      steps(['message', 'message', 'message', 'own', 'redact', 'receipt', 'move', 'count']),
      (given) => {
        replay(given, NOTIFICATIONS_MAX)
      },
    ),
    { numRuns: 1_000 },
  )
})

test('the same holds when nearly all notifications are mere numbers', () => {
  const mostlyMessages: Step['kind'][] = [...Array(8).fill('message'), 'own', 'receipt', 'receipt', 'count']
  fc.assert(fc.property(steps([...mostlyMessages, ...mostlyMessages, 'move']), fc.nat(3), replay), {
    numRuns: 1_000,
  })
})

/** Plays a room's story and compares at every `count`, and at the end, with a count by the definition. */
function replay(given: readonly Step[], notificationsMax: number): void {
  const log: TimelineEvent[] = []
  const receipts = new Map<string, Receipt>()
  let state = freshState(1)
  let position = 1
  let isJoined = true
  const threadOf = (index: number) => [undefined, '$a', '$b'][index]

  const count = () => {
    const own = [...receipts.values()]
    const reader = readerOf(own)
    const read = takeInReceipts(state, own)
    state = recountOlder(read.state, read.recount, log, reader)
    const news = log.filter((event) => event.position > state.upTo)
    state = takeInEvents(state, news, reader, notificationsMax)
    const hit = new Set(news.map(({ redacts }) => redacts))
    state = withoutRedacted(
      state,
      new Set(log.filter(({ eventId }) => hit.has(eventId)).map((event) => event.position)),
    )
    state = asOf(state, position)
    assert.deepEqual(new Map(Object.entries(totals(state)[1])), byDefinition(log, own).threads)
    assert.equal(totals(state)[0], byDefinition(log, own).main)
    if (state.since === undefined) return
    const stored = storedUnread(state)
    state = restoredState(
      { upTo: state.upTo, since: state.since },
      stored ? JSON.parse(JSON.stringify(stored)) : null,
    )
  }

  for (const { kind, thread, pick } of given) {
    const target = log[pick % Math.max(1, log.length)]
    if (kind === 'count') count()
    else if (kind === 'receipt' && target)
      writeReceipt(receipts, target, threadOf(thread) ?? (pick % 2 ? 'main' : undefined), ++position)
    else if (kind === 'message') log.push(timelineEvent(++position, { threadRoot: threadOf(thread) }))
    else if (kind === 'own' && isJoined)
      log.push(timelineEvent(++position, { sender: ALICE, threadRoot: threadOf(thread) }))
    else if (kind === 'move') {
      isJoined = !isJoined
      log.push(timelineEvent(++position, member(isJoined ? 'join' : 'leave')))
    } else if (kind === 'redact' && target?.type === 'm.room.message') {
      log.push(timelineEvent(++position, { type: 'm.room.redaction', redacts: target.eventId }))
      log[log.indexOf(target)] = { ...target, redactedBy: `$event${position}` }
    }
  }
  count()
}

/** Receipts of one kind never go back. */
function writeReceipt(
  receipts: Map<string, Receipt>,
  target: TimelineEvent,
  threadId: string | undefined,
  position: number,
): void {
  const type = position % 3 ? 'm.read' : 'm.read.private'
  const key = `${type} ${threadId}`
  if ((receipts.get(key)?.eventPosition ?? 0) >= target.position) return
  receipts.set(key, receipt(target.position, position, { type, threadId }))
}

function byDefinition(log: readonly TimelineEvent[], receipts: readonly Receipt[]) {
  const isOwnMove = (event: TimelineEvent) => event.type === 'm.room.member' && event.stateKey === ALICE
  const lastMove = log.findLast(isOwnMove)
  const isJoined = (lastMove?.content['membership'] ?? 'join') === 'join'
  const unread = log.filter((event) => {
    const isSameThread = (other: { threadRoot: string | undefined }) => other.threadRoot === event.threadRoot
    const isRead =
      receipts.some(
        ({ threadId, eventPosition }) =>
          (threadId === undefined || threadId === (event.threadRoot ?? 'main')) &&
          eventPosition >= event.position,
      ) ||
      log.some(
        (other) =>
          other.sender === ALICE &&
          other.type === 'm.room.message' &&
          isSameThread(other) &&
          other.position > event.position,
      )
    return (
      isJoined &&
      event.position > (lastMove?.position ?? 0) &&
      event.type === 'm.room.message' &&
      event.sender !== ALICE &&
      event.redactedBy === undefined &&
      !isRead
    )
  })
  const threads = new Map<string, number>()
  for (const { threadRoot } of unread) {
    if (threadRoot !== undefined) threads.set(threadRoot, (threads.get(threadRoot) ?? 0) + 1)
  }
  return { main: unread.filter(({ threadRoot }) => threadRoot === undefined).length, threads }
}
