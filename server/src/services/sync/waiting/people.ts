import type { Position } from '../../../platform/stream/stream.ts'

/** Somebody who syncs at this node, or did so a short while ago. */
export type Person = {
  userId: string
  /** The rooms they are joined to. */
  roomIds: Set<string>
  /** Resolves when `roomIds` is complete. */
  ready: Promise<void>
  /** Everything that concerns them and came after this position has been noted. */
  knownFrom: Position
  /** Where the last thing that concerns them stands in the stream. */
  lastAt: Position
  /** How often typing or presence that concerns them has changed. */
  softChanges: number
  /** Ends each of their waits. */
  waits: Set<() => void>
  seenAtMs: number
}

/** Who of a room's members is here. */
export type People = {
  get(userId: string): Person | undefined
  add(person: Person): void
  remove(person: Person): void
  enter(person: Person, roomId: string): void
  leave(person: Person, roomId: string): void
  inRoom(roomId: string): Iterable<Person>
  all(): Iterable<Person>
  count(): number
}

export function createPeople(): People {
  const byId = new Map<string, Person>()
  const byRoom = new Map<string, Set<Person>>()

  function leave(person: Person, roomId: string): void {
    person.roomIds.delete(roomId)
    const present = byRoom.get(roomId)
    present?.delete(person)
    if (present?.size === 0) byRoom.delete(roomId)
  }

  return {
    get: (userId) => byId.get(userId),
    add: (person) => void byId.set(person.userId, person),
    remove(person) {
      for (const roomId of [...person.roomIds]) leave(person, roomId)
      if (byId.get(person.userId) === person) byId.delete(person.userId)
    },
    enter(person, roomId) {
      person.roomIds.add(roomId)
      const present = byRoom.get(roomId)
      if (present) present.add(person)
      else byRoom.set(roomId, new Set([person]))
    },
    leave,
    inRoom: (roomId) => byRoom.get(roomId) ?? [],
    all: () => byId.values(),
    count: () => byId.size,
  }
}

/** Ends the person's waits; each of them looks again for itself. */
export function wake(person: Person): void {
  for (const end of [...person.waits]) end()
}
