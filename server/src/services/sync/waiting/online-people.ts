import type { Clock } from '../../../platform/clock.ts'
import type { Log } from '../../../platform/log.ts'
import type { Move, Position, Stream } from '../../../platform/stream/stream.ts'
import type { Rooms, TimelineEvent } from '../../rooms/api.ts'
import { createPeople, type People, type Person, wake } from './people.ts'
import { createTimerWheel, type TimerWheel } from './timer-wheel.ts'

/**
 * The people who sync at this node, and what they wait for. Something new in a room wakes those of its members
 * who are here, at a cost that grows with them and not with the room.
 */
export type OnlinePeople = {
  /** From now on, until a while after the person's last visit, what concerns them is noted. */
  attend(userId: string): Promise<Visit>
  takeEvents(events: readonly TimelineEvent[]): void
  /** The stream has advanced to `position`: wakes those concerned. */
  advanced(position: Position, moves: readonly Move[]): void
  /** Typing or presence has changed. */
  softly(change: { roomId?: string; userId?: string }): void
  /** Ends all waits, and those to come at once, until `resume`. */
  close(): void
  resume(): void
}

export type Seen = { position: Position; softChanges: number }

export type Visit = {
  /** Nothing that the stream has brought after `position` concerns the person; they have been here since. */
  isQuietSince(position: Position): boolean
  /** How often typing or presence that concerns the person has changed: to be read before they are shown. */
  softChanges(): number
  /**
   * Resolves with false when something later than `seen` concerns the person; with true after `limitMs`, when `gone`
   * is aborted, or when the node drains.
   */
  wait(seen: Seen, limitMs: number, gone: AbortSignal): Promise<boolean>
}

type Deps = { clock: Clock; log: Log; stream: Pick<Stream, 'position'>; rooms: Pick<Rooms, 'membershipsOf'> }

const tickMs = 50
const forgetAfterMs = 120_000

export function createOnlinePeople(deps: Deps): OnlinePeople {
  const people = createPeople()
  const wheel = createTimerWheel(deps, tickMs)
  const moved = createMoved(people)
  let draining = new AbortController()
  const sweep = createSweep(deps.clock, people)

  async function around(userId: string, touch: (person: Person) => void): Promise<void> {
    const self = people.get(userId)
    await self?.ready
    const roomIds = self ? [...self.roomIds] : await joinedRooms(deps, userId)
    const found = new Set(self ? [self] : [])
    for (const roomId of roomIds) for (const person of people.inRoom(roomId)) found.add(person)
    for (const person of found) touch(person)
  }

  function aroundSoon(userId: string, touch: (person: Person) => void): void {
    around(userId, touch).catch((error: unknown) => {
      deps.log.warn({ err: error }, 'could not tell whom a change concerns; waking everybody')
      for (const person of people.all()) touch(person)
    })
  }

  return {
    async attend(userId) {
      const person = people.get(userId) ?? arrive(deps, people, userId)
      person.seenAtMs = deps.clock.now()
      sweep()
      await person.ready
      return {
        isQuietSince: (position) => person.knownFrom <= position && person.lastAt <= position,
        softChanges: () => person.softChanges,
        wait: (seen, limitMs, gone) =>
          waitFor(person, seen, { wheel, clock: deps.clock, limitMs, gone, draining: draining.signal }),
      }
    },
    takeEvents: moved.take,
    advanced(position, moves) {
      const touch = (person: Person) => {
        person.lastAt = Math.max(person.lastAt, position)
        wake(person)
      }
      for (const person of moved.drain(moves)) touch(person)
      for (const { concerned } of moves) {
        for (const userId of concerned?.peopleAround ?? []) aroundSoon(userId, touch)
      }
    },
    softly({ roomId, userId }) {
      const touch = (person: Person) => {
        person.softChanges++
        wake(person)
      }
      if (roomId !== undefined) for (const person of people.inRoom(roomId)) touch(person)
      if (userId !== undefined) aroundSoon(userId, touch)
    },
    close() {
      draining.abort()
      for (const person of people.all()) wake(person)
    },
    resume() {
      draining = new AbortController()
    },
  }
}

/** Known before its rooms are, so that a join or leave in between is taken in too. */
function arrive(deps: Deps, people: People, userId: string): Person {
  const person: Person = {
    userId,
    roomIds: new Set(),
    ready: Promise.resolve(),
    knownFrom: Number.POSITIVE_INFINITY,
    lastAt: 0,
    softChanges: 0,
    waits: new Set(),
    seenAtMs: deps.clock.now(),
  }
  people.add(person)
  person.ready = joinedRooms(deps, userId).then(
    (roomIds) => {
      for (const roomId of roomIds) people.enter(person, roomId)
      person.knownFrom = deps.stream.position()
    },
    (error: unknown) => {
      people.remove(person)
      throw error
    },
  )
  return person
}

async function joinedRooms({ rooms }: Deps, userId: string): Promise<string[]> {
  const memberships = await rooms.membershipsOf(userId)
  return [...memberships.values()].flatMap(({ roomId, membership }) =>
    membership === 'join' ? [roomId] : [],
  )
}

/** Gathers what the readers of the stream take in until the position reaches it. */
function createMoved(people: People) {
  const roomIds = new Set<string>()
  const userIds = new Set<string>()

  return {
    take(events: readonly TimelineEvent[]): void {
      for (const { roomId, type, stateKey, content } of events) {
        roomIds.add(roomId)
        if (type !== 'm.room.member' || stateKey === undefined) continue
        const person = people.get(stateKey)
        if (!person) continue
        userIds.add(stateKey)
        if (content['membership'] === 'join') people.enter(person, roomId)
        else people.leave(person, roomId)
      }
    },
    /** Everybody here whom the taken events or the moves concern, each once. */
    drain(moves: readonly Move[]): Iterable<Person> {
      // The rooms' reader says nothing here because the events themselves were taken.
      if (moves.some(({ topic, concerned }) => concerned === undefined && topic !== 'rooms')) {
        roomIds.clear()
        userIds.clear()
        return people.all()
      }
      const found = new Set<Person>()
      for (const { concerned } of moves) {
        for (const roomId of concerned?.roomIds ?? []) roomIds.add(roomId)
        for (const userId of concerned?.users ?? []) userIds.add(userId)
      }
      for (const roomId of roomIds) for (const person of people.inRoom(roomId)) found.add(person)
      for (const userId of userIds) {
        const person = people.get(userId)
        if (person) found.add(person)
      }
      roomIds.clear()
      userIds.clear()
      return found
    },
  }
}

/** Forgets people who have not come for a while; one timer for all, and none when nobody is here. */
function createSweep(clock: Clock, people: People): () => void {
  let armed = false
  return function sweepLater() {
    if (armed) return
    armed = true
    clock.after(forgetAfterMs, () => {
      armed = false
      const limit = clock.now() - forgetAfterMs
      for (const person of [...people.all()]) {
        if (person.waits.size === 0 && person.seenAtMs <= limit) people.remove(person)
      }
      if (people.count() > 0) sweepLater()
    })
  }
}

type Limits = { wheel: TimerWheel; clock: Clock; limitMs: number; gone: AbortSignal; draining: AbortSignal }

function waitFor(person: Person, seen: Seen, limits: Limits): Promise<boolean> {
  const { wheel, clock, limitMs, gone, draining } = limits
  if (gone.aborted || draining.aborted) return Promise.resolve(true)
  if (person.lastAt > seen.position || person.softChanges !== seen.softChanges) return Promise.resolve(false)
  return new Promise((resolve) => {
    const end = (isOver: boolean) => {
      person.waits.delete(wakeUp)
      person.seenAtMs = clock.now()
      cancel()
      gone.removeEventListener('abort', giveUp)
      resolve(isOver || draining.aborted)
    }
    const wakeUp = () => end(false)
    const giveUp = () => end(true)
    const cancel = wheel.after(limitMs, giveUp)
    gone.addEventListener('abort', giveUp)
    person.waits.add(wakeUp)
  })
}
