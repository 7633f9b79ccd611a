import type { UnreadState } from './unread-state.ts'

export type KeptState = {
  readonly state: UnreadState
  /** Events taken in that no checkpoint covers: what another node, or this one after a restart, would read again. */
  readonly uncovered: number
}

/** Unread states of the people this node serves; when there are too many, those of the people who came least recently go. */
export type StatesInMemory = {
  /** The person's states by room. Read-only; changes go through `keep`. */
  of(userId: string): ReadonlyMap<string, KeptState>
  /** Keeps a state, unless a later one is there already. */
  keep(userId: string, roomId: string, kept: KeptState): void
  drop(userId: string, roomId: string): void
  forget(userId: string): void
}

export function createStatesInMemory(statesMax: number): StatesInMemory {
  const people = new Map<string, Map<string, KeptState>>()
  let size = 0

  function forget(userId: string): void {
    size -= people.get(userId)?.size ?? 0
    people.delete(userId)
  }

  return {
    of(userId) {
      const states = people.get(userId)
      if (!states) return new Map()
      // Putting it back last keeps the map in the order of last use.
      people.delete(userId)
      people.set(userId, states)
      return states
    },
    keep(userId, roomId, kept) {
      const states = people.get(userId) ?? new Map<string, KeptState>()
      people.set(userId, states)
      const known = states.get(roomId)
      if (known && known.state.upTo > kept.state.upTo) return
      if (!known) size++
      states.set(roomId, kept)
      for (const other of people.keys()) {
        if (size <= statesMax || other === userId) break
        forget(other)
      }
    },
    drop(userId, roomId) {
      if (people.get(userId)?.delete(roomId)) size--
    },
    forget,
  }
}
