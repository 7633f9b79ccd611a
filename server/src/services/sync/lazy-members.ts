import type { Position } from '../../platform/stream/stream.ts'
import type { TimelineEvent } from '../rooms/api.ts'

/**
 * Which membership events a session that lazy-loads members has already been sent. Soft: what is forgotten is sent
 * once more. An event counts as received only when the session comes back with a token that is not older than
 * the answer it stood in, so an answer that was lost on the way loses no member.
 * https://spec.matrix.org/v1.19/client-server-api/#lazy-loading-room-members
 */
export type LazyMembers = {
  has(sessionId: string, member: TimelineEvent, since: Position | undefined): boolean
  /** `token` is the position of the answer's `next_batch`. */
  sent(sessionId: string, member: TimelineEvent, token: Position): void
}

type Entry = { eventId: string; token: Position }

export function createLazyMembers(entriesMax: number): LazyMembers {
  const entries = new Map<string, Entry>()

  return {
    has(sessionId, member, since) {
      if (since === undefined) return false
      const entry = entries.get(keyOf(sessionId, member))
      return entry?.eventId === member.eventId && entry.token <= since
    },
    sent(sessionId, member, token) {
      const key = keyOf(sessionId, member)
      const known = entries.get(key)
      // The earliest answer with it counts: a session that has that one has the event.
      if (known?.eventId === member.eventId && known.token <= token) return
      entries.delete(key)
      entries.set(key, { eventId: member.eventId, token })
      if (entries.size > entriesMax) entries.delete(entries.keys().next().value ?? key)
    },
  }
}

function keyOf(sessionId: string, { roomId, stateKey }: TimelineEvent): string {
  return `${sessionId} ${roomId} ${stateKey}`
}
