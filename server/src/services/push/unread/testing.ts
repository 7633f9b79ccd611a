import type { Receipt } from '../../receipts/api.ts'
import type { TimelineEvent } from '../../rooms/api.ts'
import { ALICE, BOB, ROOM } from '../rules/testing.ts'
import { readMarks } from './read-marks.ts'
import type { Reader } from './unread-state.ts'

/** A message of Bob's in the main timeline. */
export function timelineEvent(position: number, changes: Partial<TimelineEvent> = {}): TimelineEvent {
  return {
    roomId: ROOM,
    position,
    eventId: `$event${position}`,
    type: 'm.room.message',
    stateKey: undefined,
    sender: BOB,
    originServerTs: position,
    content: { msgtype: 'm.text', body: 'tea' },
    replacesState: undefined,
    redacts: undefined,
    redactedBy: undefined,
    transaction: undefined,
    relation: undefined,
    threadRoot: undefined,
    ...changes,
  }
}

/** Alice has read up to an event. */
export function receipt(eventPosition: number, position: number, changes: Partial<Receipt> = {}): Receipt {
  return {
    roomId: ROOM,
    userId: ALICE,
    type: 'm.read',
    threadId: undefined,
    eventId: `$event${eventPosition}`,
    eventPosition,
    atMs: position,
    position,
    ...changes,
  }
}

/** Alice, whom every message notifies, and a body with "Alice" in it with a highlight. */
export function readerOf(receipts: readonly Receipt[] = [], ignoredUsers: readonly string[] = []): Reader {
  const marks = readMarks(receipts)
  return {
    userId: ALICE,
    ignoredUsers: new Set(ignoredUsers),
    readUpTo: (thread) => marks.of(thread),
    judge: ({ type, sender, content, redactedBy }) => ({
      notify: type === 'm.room.message' && sender !== ALICE && redactedBy === undefined,
      highlight: content['body'] === 'Alice',
    }),
  }
}
