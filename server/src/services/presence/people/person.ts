import type { PresenceState } from '../wire.ts'

/** What one node sees of a person's devices. */
export type View = 'online' | 'unavailable'

/** What the person said with PUT: the last word of all nodes. */
export type Statement = { presence: PresenceState; statusMsg: string | undefined; atMs: number }

/** Everything known about a person; the same on every node, but for messages in flight. */
export type Person = {
  /** By node. A node sees nothing of people whose devices do not sync there. */
  views: Map<string, View>
  statement: Statement | undefined
  /** When something was last done: a message sent, online said, the first device come. */
  lastActiveMs: number
  /** What was last shown to others, and the number of that change. */
  shown: string
  changedAt: number
}

export function newPerson(): Person {
  return { views: new Map(), statement: undefined, lastActiveMs: 0, shown: 'offline ', changedAt: 0 }
}

/**
 * The state that follows from what is known: offline without a device that syncs or when asked for; unavailable when all
 * devices say so, when asked for and nothing was done since, or when nothing was done for `idleAfterMs`.
 * https://spec.matrix.org/v1.19/client-server-api/#presence
 */
export function stateOf(person: Person, nowMs: number, idleAfterMs: number): PresenceState {
  const { views, statement, lastActiveMs } = person
  if (views.size === 0 || statement?.presence === 'offline') return 'offline'
  if (![...views.values()].includes('online')) return 'unavailable'
  if (statement?.presence === 'unavailable' && lastActiveMs <= statement.atMs) return 'unavailable'
  return nowMs - lastActiveMs >= idleAfterMs ? 'unavailable' : 'online'
}
