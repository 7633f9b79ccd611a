import type { JsonValue } from '../../../platform/json.ts'
import type { Position } from '../../../platform/stream/stream.ts'
import { freshState, type UnreadState } from './unread-state.ts'

/**
 * The form in which a checkpoint's notifications are stored: names once, notifications as numbers. A node of
 * another version may read it during an upgrade, so members may be added and never change their meaning.
 */
export type StoredUnread = {
  threads: string[]
  senders: string[]
  /** Position, index of the thread, index of the sender, 1 when highlighted. */
  notifications: [Position, number, number, 0 | 1][]
  olderUpTo: Position
  /** Index of the thread, notifications, highlights. */
  older: [number, number, number][]
}

/** The stored form; undefined for a state with nothing unread, which is most of them. */
export function storedUnread(state: UnreadState): (StoredUnread & JsonValue) | undefined {
  if (state.notifications.length === 0 && state.older.counts.size === 0) return undefined
  const threads = names()
  const senders = names()
  return {
    notifications: state.notifications.map(({ position, thread, sender, highlight }) => [
      position,
      threads.indexOf(thread),
      senders.indexOf(sender),
      highlight ? 1 : 0,
    ]),
    olderUpTo: state.older.upTo,
    older: Array.from(state.older.counts, ([thread, { notification, highlight }]) => [
      threads.indexOf(thread),
      notification,
      highlight,
    ]),
    threads: threads.all(),
    senders: senders.all(),
  }
}

export function restoredState(
  row: { upTo: Position; since: Position },
  stored: StoredUnread | null,
): UnreadState {
  if (stored === null) return freshState(row.since, row.upTo)
  const { threads, senders } = stored
  return {
    ...row,
    notifications: stored.notifications.map(([position, thread, sender, highlight]) => ({
      position,
      thread: threads[thread] ?? '',
      sender: senders[sender] ?? '',
      highlight: highlight === 1,
    })),
    older: {
      upTo: stored.olderUpTo,
      counts: new Map(
        stored.older.map(([thread, notification, highlight]) => [
          threads[thread] ?? '',
          { notification, highlight },
        ]),
      ),
    },
  }
}

/** Gives names numbers, in the order in which they first come. */
function names(): { indexOf(name: string): number; all(): string[] } {
  const indexes = new Map<string, number>()
  return {
    indexOf(name) {
      const index = indexes.get(name) ?? indexes.size
      indexes.set(name, index)
      return index
    },
    all: () => [...indexes.keys()],
  }
}
