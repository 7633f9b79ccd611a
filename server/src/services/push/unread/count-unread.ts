import type { Position } from '../../../platform/stream/stream.ts'
import type { AccountData } from '../../account-data/api.ts'
import type { Receipt, Receipts } from '../../receipts/api.ts'
import type { Rooms, Slice, TimelineEvent } from '../../rooms/api.ts'
import type { CompiledRuleset } from '../rules/evaluate.ts'
import type { RulesCache } from '../rules-in-use.ts'
import type { Judge } from './judge.ts'
import { eventsBetween } from './read-events.ts'
import { readMarks } from './read-marks.ts'
import {
  asOf,
  type Reader,
  recountOlder,
  takeInEvents,
  takeInReceipts,
  type UnreadState,
  withoutRedacted,
} from './unread-state.ts'

/** What counting asks of rooms. */
export type RoomsToCount = Pick<
  Rooms,
  'state' | 'stateAt' | 'membershipsOf' | 'membershipChanges' | 'latestEvents' | 'eventsAfter' | 'events'
>

export type CountingDeps = {
  rooms: RoomsToCount
  receipts: Pick<Receipts, 'changes' | 'ofUser'>
  accountData: Pick<AccountData, 'ignoredUsers'>
  rules: RulesCache
  judge: Judge
}

/** Whose unread events are counted, and by which rules. */
export type Person = {
  readonly userId: string
  readonly ruleset: CompiledRuleset
  readonly ignoredUsers: ReadonlySet<string>
}

export type RoomToCount = {
  readonly roomId: string
  readonly state: UnreadState
  /** The person's current receipts in the room, or none when there are none since `state.upTo`. */
  readonly receipts: readonly Receipt[]
  /** The newest events, up to the position to count to; those before them are read when `limited`. */
  readonly newest: Slice | undefined
}

/**
 * Goes on counting to `upTo`. Reads the events since the state in chunks, however many they are, and nothing before
 * them - unless a receipt reads a part of the notifications that are mere numbers, which are counted again.
 */
export async function countOn(
  deps: Pick<CountingDeps, 'rooms' | 'judge'>,
  person: Person,
  room: RoomToCount,
  upTo: Position,
): Promise<{ state: UnreadState; judged: number }> {
  const { roomId, receipts } = room
  const marks = readMarks(receipts)
  const readerOf = async (events: readonly TimelineEvent[]): Promise<Reader> => ({
    userId: person.userId,
    ignoredUsers: person.ignoredUsers,
    readUpTo: marks.of,
    judge: await deps.judge.of(events, person.userId, person.ruleset),
  })

  const read = takeInReceipts(room.state, receipts)
  let state = read.state
  if (read.recount.size > 0) {
    const from = Math.min(...read.recount.values())
    for await (const events of eventsBetween(deps.rooms, roomId, from, state.older.upTo)) {
      state = recountOlder(state, read.recount, events, await readerOf(events))
    }
  }

  let judged = 0
  const takeIn = async (events: readonly TimelineEvent[]) => {
    judged += events.length
    state = takeInEvents(state, events, await readerOf(events))
    const redactions = events.filter(({ redacts }) => redacts !== undefined)
    if (redactions.length > 0)
      state = withoutRedacted(state, await hitBy(deps.rooms, roomId, redactions, state))
  }
  // What a receipt for the whole room has read need not be looked at.
  const after = Math.max(state.upTo, marks.unthreaded)
  const { events = [], limited = false } = room.newest ?? {}
  const [first] = events
  if (limited && first && first.position > after + 1) {
    for await (const chunk of eventsBetween(deps.rooms, roomId, after, first.position - 1))
      await takeIn(chunk)
  }
  const rest = events.filter(({ position }) => position > after)
  if (rest.length > 0) await takeIn(rest)
  return { state: asOf(state, upTo), judged }
}

/** Positions of the events that redactions have hit. Asked for only while something unread could be among them. */
async function hitBy(
  rooms: RoomsToCount,
  roomId: string,
  redactions: readonly TimelineEvent[],
  state: UnreadState,
): Promise<ReadonlySet<Position>> {
  if (state.notifications.length === 0) return new Set()
  const targets = redactions.flatMap(({ redacts }) => redacts ?? [])
  const found = await rooms.events(roomId, targets)
  return new Set(found.filter((event) => event.redactedBy !== undefined).map(({ position }) => position))
}
