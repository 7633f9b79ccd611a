import type { Database, Tx } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import { gather } from '../../../platform/gather.ts'
import { type EventRow, eventColumns, fromRow, type StoredEvent } from '../timeline/stored-event.ts'
import { createLoadingCache } from './loading-cache.ts'
import { createRoomState, type StateSnapshot } from './room-state.ts'

/**
 * The current state of rooms in use. Two hands keep it up to date: the appender, which knows what it has just
 * committed, and the follower, which reads what any node committed. Each change carries its position, and a
 * snapshot takes in only what is newer than itself, so the order in which the two come does not matter.
 */
export type States = {
  get(roomId: string): Promise<StateSnapshot | undefined>
  peek(roomId: string): StateSnapshot | undefined
  /** Takes a state that is complete up to its position. */
  put(state: StateSnapshot): void
  /** Takes in events of the stream, in order; of redactions, also what they left of their targets. */
  take(events: readonly StoredEvent[], redactedEvents: ReadonlyMap<string, StoredEvent>): void
}

export function createStates(deps: { db: Database }, options: { bytesMax: number }): States {
  const cache = createLoadingCache<StateSnapshot>({
    load: gather((roomIds) => loadStates(deps.db, roomIds)),
    weigh: (state) => state.sizeBytes + 500,
    weightMax: options.bytesMax,
  })

  return {
    get: (roomId) => cache.get(roomId),
    peek: (roomId) => cache.peek(roomId),
    put: (state) => cache.put(state.roomId, state, (kept) => (kept.position < state.position ? state : kept)),
    take(events, redactedEvents) {
      for (const event of events) {
        if (event.stateKey !== undefined)
          cache.change(event.roomId, (state) =>
            event.position > state.position ? state.with([event], event.position) : state,
          )
        const target = redactedEvents.get(event.eventId)
        if (target?.stateKey !== undefined)
          cache.change(target.roomId, (state) => takeRedaction(state, target, event.position))
      }
    },
  }
}

function takeRedaction(state: StateSnapshot, target: StoredEvent, position: number): StateSnapshot {
  const standing = state.event(target.type, target.stateKey ?? '')
  if (position <= state.position || standing?.eventId !== target.eventId || standing.redactedBy !== undefined)
    return state
  return state.with([target], position)
}

type StateRow = EventRow & { version: string; state_position: number }

/** Reads the current state of these rooms; those that do not exist are left out. */
export async function loadStates(
  db: Pick<Tx, 'rows'>,
  roomIds: readonly string[],
): Promise<Map<string, StateSnapshot>> {
  if (roomIds.length === 0) return new Map()
  const rows = await db.rows<StateRow>(sql`
    select room.version, room.state_position, ${eventColumns}
    from rooms.room
    cross join lateral (
      select distinct on (type, state_key) event_position from rooms.state_change
      where state_change.room_id = room.room_id
      order by type desc, state_key desc, position desc
    ) current
    join rooms.event on event.room_id = room.room_id and event.position = current.event_position
    where room.room_id = any(${roomIds})`)
  const states = new Map<string, StateSnapshot>()
  for (const [roomId, ofRoom] of Map.groupBy(rows, (row) => row.room_id)) {
    const [{ version, state_position: position } = { version: '', state_position: 0 }] = ofRoom
    states.set(roomId, createRoomState({ roomId, version, position }, ofRoom.map(fromRow)))
  }
  return states
}

/** Brings states, which another node has changed, up to the newest change. */
export async function refreshStates(
  db: Pick<Tx, 'rows'>,
  behind: readonly { state: StateSnapshot; upTo: number }[],
): Promise<Map<string, StateSnapshot>> {
  if (behind.length === 0) return new Map()
  const rows = await db.rows<EventRow>(sql`
    select ${eventColumns}
    from unnest(${behind.map(({ state }) => state.roomId)}::text[], ${behind.map(({ state }) => state.position)}::bigint[])
      as known (room_id, position)
    cross join lateral (
      select event_position, position as changed_at from rooms.state_change
      where state_change.room_id = known.room_id and state_change.position > known.position
    ) change
    join rooms.event on event.room_id = known.room_id and event.position = change.event_position
    order by change.changed_at`)
  const changes = Map.groupBy(rows.map(fromRow), (event) => event.roomId)
  return new Map(
    behind.map(({ state, upTo }) => [state.roomId, state.with(changes.get(state.roomId) ?? [], upTo)]),
  )
}
