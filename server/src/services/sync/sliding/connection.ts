import type { Position } from '../../../platform/stream/stream.ts'

/**
 * How far a client has been told of something: `never`, `live` - as far as the token that it comes with - or up to a
 * position at which that was left behind because nobody asked for it.
 */
export type Told = Position
export const never: Told = 0
export const live: Told = -1

/** What the client of a connection has of one room. */
export type ToldRoom = {
  events: Told
  receipts: Told
  accountData: Told
  /** It follows who is typing. */
  typing: boolean
  /** The newest events it has without a gap are at least as many as this, or all there are. */
  timelineLimit: number
  /** Id of the `RequiredState` it follows. */
  stateId: string
  isDirect: boolean
}

/** The state of a connection: what its client will have been told once it comes back with the answer's token. */
export type Connection = {
  /** 0 while it is not stored. */
  number: number
  /** Stays the same for as long as the connection goes on. */
  root: number
  base: { number: number; rooms: ReadonlyMap<string, ToldRoom> }
  rooms: ReadonlyMap<string, ToldRoom>
  rest: ConnectionRest
  usedAtMs: number
}

export type ConnectionRest = {
  accountData: Told
  deviceLists: Told
  /** What the client asked for; asking for something else is answered at once. */
  request: string
  /** The requests behind each `stateId`, as JSON. */
  states: Readonly<Record<string, string>>
}

const unknownRoom: ToldRoom = {
  events: never,
  receipts: never,
  accountData: never,
  typing: false,
  timelineLimit: 0,
  stateId: '',
  isDirect: false,
}

export const newConnection: Connection = {
  number: 0,
  root: 0,
  base: { number: 0, rooms: new Map() },
  rooms: new Map(),
  rest: { accountData: never, deviceLists: never, request: '', states: {} },
  usedAtMs: 0,
}

/** Where something that a client was told of goes on; undefined: from the beginning. `since` is the token's. */
export function toldUpTo(told: Told, since: Position | undefined): Position | undefined {
  if (told === live) return since
  return told === never ? undefined : told
}

/** Gathers what an answer changes about a connection. */
export type Telling = {
  of(roomId: string): ToldRoom
  change(roomId: string, change: Partial<ToldRoom>): void
  changeRest(change: Partial<ConnectionRest>): void
  /** The connection as it was when nothing has changed. `knows` says of which rooms it may still tell. */
  finish(knows: (roomId: string) => boolean): Connection
}

export function startTelling(before: Connection): Telling {
  const changed = new Map<string, ToldRoom>()
  let rest = before.rest
  const of = (roomId: string) => changed.get(roomId) ?? before.rooms.get(roomId) ?? unknownRoom
  return {
    of,
    change(roomId, change) {
      const room = of(roomId)
      if (!differs(room, change)) return
      changed.set(roomId, { ...room, ...change })
    },
    changeRest(change) {
      if (differs(rest, change)) rest = { ...rest, ...change }
    },
    finish(knows) {
      if (changed.size === 0 && rest === before.rest) return before
      const rooms = keep(new Map([...before.rooms, ...changed]), knows)
      return { ...before, number: 0, rooms, rest: { ...rest, states: statesInUse(rooms, rest.states) } }
    },
  }
}

function differs<T extends object>(value: T, change: Partial<T>): boolean {
  return Object.entries(change).some(([key, to]) => value[key as keyof T] !== to)
}

function keep(
  rooms: ReadonlyMap<string, ToldRoom>,
  knows: (roomId: string) => boolean,
): ReadonlyMap<string, ToldRoom> {
  for (const roomId of rooms.keys()) {
    if (!knows(roomId)) return new Map([...rooms].filter(([id]) => knows(id)))
  }
  return rooms
}

function statesInUse(
  rooms: ReadonlyMap<string, ToldRoom>,
  states: Readonly<Record<string, string>>,
): Record<string, string> {
  const used = new Set<string>()
  for (const { stateId } of rooms.values()) used.add(stateId)
  return Object.fromEntries(Object.entries(states).filter(([id]) => used.has(id)))
}
