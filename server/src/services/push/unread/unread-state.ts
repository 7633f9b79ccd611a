import type { Position } from '../../../platform/stream/stream.ts'
import type { Receipt } from '../../receipts/api.ts'
import type { TimelineEvent } from '../../rooms/api.ts'
import type { Counts, UnreadCounts } from '../api.ts'
import { type Outcome, SILENT } from '../rules/evaluate.ts'
import { MAIN, readMarks } from './read-marks.ts'

/** An unread event that notified. `thread` is its root, or `main`. */
export type Notification = {
  readonly position: Position
  readonly thread: string
  readonly sender: string
  readonly highlight: boolean
}

/** What one person has not read in one room, after everything in the stream up to `upTo`. Never changed in place. */
export type UnreadState = {
  readonly upTo: Position
  /** Where the person's present stay in the room began; undefined while they are not joined. */
  readonly since: Position | undefined
  /** The newest unread notifications, oldest first, at most `NOTIFICATIONS_MAX`. */
  readonly notifications: readonly Notification[]
  /** Those before them, the last of them at `upTo`, as mere numbers by thread. */
  readonly older: { readonly upTo: Position; readonly counts: ReadonlyMap<string, Counts> }
}

/** Whose counts these are, what they have read, and by which rules events notify them. */
export type Reader = {
  readonly userId: string
  readonly ignoredUsers: ReadonlySet<string>
  readUpTo(thread: string): Position
  judge(event: TimelineEvent): Outcome
}

export const NOTIFICATIONS_MAX = 256
const NONE: Counts = { notification: 0, highlight: 0 }

/** Most people have nothing unread in most rooms; all these states share the same nothing. */
const NO_NOTIFICATIONS: readonly Notification[] = []
const NOTHING_OLDER: UnreadState['older'] = { upTo: 0, counts: new Map() }

/** Nothing unread up to `upTo`, in a stay that began at `since`. */
export function freshState(since: Position, upTo: Position = since): UnreadState {
  return { upTo, since, notifications: NO_NOTIFICATIONS, older: NOTHING_OLDER }
}

/** The same state, of which it is known by now that nothing more has happened up to `upTo`. */
export function asOf({ since, notifications, older, ...state }: UnreadState, upTo: Position): UnreadState {
  return {
    upTo: Math.max(state.upTo, upTo),
    since,
    notifications: notifications.length > 0 ? notifications : NO_NOTIFICATIONS,
    older: older.counts.size > 0 ? older : NOTHING_OLDER,
  }
}

/**
 * Takes in the room's next events, oldest first. One that notifies is unread unless its thread has been read past it,
 * by a receipt or because the person has sent something there
 * (https://spec.matrix.org/v1.19/client-server-api/#marking-notifications-as-read). What was sent outside the person's
 * stay in the room does not count.
 */
export function takeInEvents(
  state: UnreadState,
  events: readonly TimelineEvent[],
  reader: Reader,
  notificationsMax = NOTIFICATIONS_MAX,
): UnreadState {
  let { upTo, since, older } = state
  let notifications = [...state.notifications]
  for (const event of events) {
    if (event.position <= upTo) continue
    upTo = event.position
    const thread = event.threadRoot ?? MAIN
    if (event.type === 'm.room.member' && event.stateKey === reader.userId) {
      const isJoined = event.content['membership'] === 'join'
      since = isJoined ? (since ?? event.position) : undefined
      if (!isJoined) {
        notifications = []
        older = { ...older, counts: new Map() }
      }
    } else if (readsItsThread(event, reader)) {
      notifications = notifications.filter((notification) => notification.thread !== thread)
      older = { ...older, counts: without(older.counts, thread) }
    } else if (since !== undefined && event.position > reader.readUpTo(thread)) {
      const { notify, highlight } = reader.judge(event)
      if (notify) notifications.push({ position: event.position, thread, sender: event.sender, highlight })
    }
  }
  return compact({ upTo, since, notifications, older }, reader.ignoredUsers, notificationsMax)
}

/** Forgets notifications whose events have been redacted. Those that are mere numbers by now stay counted. */
export function withoutRedacted(state: UnreadState, redacted: ReadonlySet<Position>): UnreadState {
  if (redacted.size === 0) return state
  return { ...state, notifications: state.notifications.filter(({ position }) => !redacted.has(position)) }
}

/**
 * Takes in the person's current receipts in the room; those taken in before change nothing.
 *
 * A receipt in the midst of the older notifications reads a part of them that nobody knows the size of. Such threads
 * are counted from nothing again: `recount` names them, with the position after which their events must
 * be given to `recountOlder`.
 */
export function takeInReceipts(
  state: UnreadState,
  receipts: readonly Receipt[],
): { state: UnreadState; recount: ReadonlyMap<string, Position> } {
  const recount = new Map<string, Position>()
  if (receipts.length === 0) return { state, recount }
  const marks = readMarks(receipts)
  const earlier = readMarks(receipts.filter(({ position }) => position <= state.upTo))
  const counts = new Map(state.older.counts)
  for (const thread of state.older.counts.keys()) {
    const mark = marks.of(thread)
    if (mark === earlier.of(thread)) continue
    counts.delete(thread)
    if (mark < state.older.upTo) recount.set(thread, Math.max(mark, state.since ?? 0))
  }
  const notifications = state.notifications.filter(({ position, thread }) => position > marks.of(thread))
  return { state: { ...state, notifications, older: { ...state.older, counts } }, recount }
}

/**
 * Counts older notifications again: each thread's after its position in `recount`. To be given all events from the
 * least of these positions to `older.upTo`, oldest first, in as many calls as one likes.
 */
export function recountOlder(
  state: UnreadState,
  recount: ReadonlyMap<string, Position>,
  events: readonly TimelineEvent[],
  reader: Reader,
): UnreadState {
  const counts = new Map(state.older.counts)
  for (const event of events) {
    const thread = event.threadRoot ?? MAIN
    const after = recount.get(thread)
    if (after === undefined || event.position <= after || event.position > state.older.upTo) continue
    if (readsItsThread(event, reader)) counts.delete(thread)
    else if (!reader.ignoredUsers.has(event.sender)) add(counts, thread, reader.judge(event))
  }
  return { ...state, older: { ...state.older, counts } }
}

/** The counts to show. Notifications by people who are ignored by now do not count. */
export function countsOf(state: UnreadState, ignoredUsers: ReadonlySet<string>): UnreadCounts {
  const threads = new Map(state.older.counts)
  let { notification, highlight } = threads.get(MAIN) ?? NONE
  threads.delete(MAIN)
  for (const unread of state.notifications) {
    if (ignoredUsers.has(unread.sender)) continue
    if (unread.thread !== MAIN) {
      add(threads, unread.thread, { notify: true, highlight: unread.highlight })
    } else {
      notification++
      if (unread.highlight) highlight++
    }
  }
  const main = { notification, highlight }
  for (const counts of threads.values()) {
    notification += counts.notification
    highlight += counts.highlight
  }
  return { main, threads, total: { notification, highlight } }
}

/**
 * Whoever sends something has read its thread up to there. Not so with redactions, which belong to no thread, and
 * membership events, which are also written for people who are not looking, as when they change their name.
 */
function readsItsThread(event: TimelineEvent, reader: Reader): boolean {
  return event.sender === reader.userId && event.type !== 'm.room.redaction' && event.type !== 'm.room.member'
}

/** Turns the oldest of too many notifications into numbers. */
function compact(
  state: UnreadState,
  ignoredUsers: ReadonlySet<string>,
  notificationsMax: number,
): UnreadState {
  const surplus = state.notifications.length - notificationsMax
  if (surplus <= 0) return state
  const counts = new Map(state.older.counts)
  let upTo = state.older.upTo
  for (const { position, thread, sender, highlight } of state.notifications.slice(0, surplus)) {
    add(counts, thread, ignoredUsers.has(sender) ? SILENT : { notify: true, highlight })
    upTo = position
  }
  return { ...state, notifications: state.notifications.slice(surplus), older: { upTo, counts } }
}

function add(counts: Map<string, Counts>, thread: string, { notify, highlight }: Outcome): void {
  if (!notify) return
  const known = counts.get(thread) ?? NONE
  counts.set(thread, {
    notification: known.notification + 1,
    highlight: known.highlight + (highlight ? 1 : 0),
  })
}

function without(counts: ReadonlyMap<string, Counts>, thread: string): ReadonlyMap<string, Counts> {
  if (!counts.has(thread)) return counts
  const rest = new Map(counts)
  rest.delete(thread)
  return rest
}
