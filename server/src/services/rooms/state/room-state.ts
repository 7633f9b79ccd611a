import type { Membership, RoomState, TimelineEvent } from '../api.ts'
import type { StoredEvent } from '../timeline/stored-event.ts'

/** The state of a room after some position, as it never changes again; the next state is a new one made `with` changes. */
export type StateSnapshot = Omit<RoomState, 'event' | 'events'> & {
  event(type: string, stateKey: string): StoredEvent | undefined
  events(): Iterable<StoredEvent>
  /** The state after these changes, the newest of which is at `position`. */
  with(changes: readonly StoredEvent[], position: number): StateSnapshot
  sizeBytes: number
}

type Entries = ReadonlyMap<string, StoredEvent>
type MemberSets = Map<string, ReadonlySet<string>>

const none: ReadonlySet<string> = new Set()
/** Changes are kept apart from the map they change until there are so many that copying the map is cheap beside them. */
const changesMin = 32
const changesPerEntry = 1 / 8

export function createRoomState(
  room: { roomId: string; version: string; position: number },
  events: Iterable<StoredEvent>,
): StateSnapshot {
  const base = new Map<string, StoredEvent>()
  let sizeBytes = 0
  for (const event of events) {
    base.set(keyOf(event.type, event.stateKey ?? ''), event)
    sizeBytes += event.sizeBytes
  }
  return snapshot(room, base, new Map(), sizeBytes)
}

function snapshot(
  room: { roomId: string; version: string; position: number },
  base: Entries,
  changes: Entries,
  sizeBytes: number,
): StateSnapshot {
  let memberSets: MemberSets | undefined

  function* events(): Iterable<StoredEvent> {
    yield* changes.values()
    for (const [key, event] of base) if (!changes.has(key)) yield event
  }
  function find(type: string, stateKey: string): StoredEvent | undefined {
    const key = keyOf(type, stateKey)
    return changes.get(key) ?? base.get(key)
  }

  return {
    ...room,
    sizeBytes,
    event: find,
    events,
    membership: (userId) => membershipIn(find('m.room.member', userId)),
    members(membership) {
      memberSets ??= groupMembers(events())
      return memberSets.get(membership) ?? none
    },
    with(newer, position) {
      const merged = new Map(changes)
      let size = sizeBytes
      for (const event of newer) {
        const key = keyOf(event.type, event.stateKey ?? '')
        size += event.sizeBytes - ((merged.get(key) ?? base.get(key))?.sizeBytes ?? 0)
        merged.set(key, event)
      }
      const next = { ...room, position }
      if (merged.size <= Math.max(changesMin, base.size * changesPerEntry))
        return snapshot(next, base, merged, size)
      return snapshot(next, new Map([...base, ...merged]), new Map(), size)
    },
  }
}

/** The membership that a member event gives; undefined for none. */
export function membershipIn(event: Pick<TimelineEvent, 'content'> | undefined): Membership | undefined {
  const membership = event?.content['membership']
  return isMembership(membership) ? membership : undefined
}

const memberships = new Set<unknown>(['invite', 'join', 'knock', 'leave', 'ban'])

function isMembership(value: unknown): value is Membership {
  return memberships.has(value)
}

function groupMembers(events: Iterable<StoredEvent>): MemberSets {
  const sets = new Map<string, Set<string>>()
  for (const event of events) {
    if (event.type !== 'm.room.member' || event.stateKey === undefined) continue
    const membership = membershipIn(event)
    if (membership === undefined) continue
    const set = sets.get(membership) ?? new Set()
    set.add(event.stateKey)
    sets.set(membership, set)
  }
  return sets
}

/** Neither types nor state keys hold a zero byte: `append` refuses them. */
export function keyOf(type: string, stateKey: string): string {
  return `${type}\0${stateKey}`
}
