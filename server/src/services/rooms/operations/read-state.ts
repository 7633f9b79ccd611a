import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { Stream } from '../../../platform/stream/stream.ts'
import type { StateSnapshot } from '../state/room-state.ts'
import type { States } from '../state/states.ts'
import { type EventRow, eventColumns, fromRow, type StoredEvent } from '../timeline/stored-event.ts'

export type StateDeps = { db: Database; stream: Stream; states: States }
type Key = { type: string; stateKey?: string }

/**
 * The state just after a position; `keys` narrows it to types, or to types and state keys. From memory when the state
 * has not changed since, which is so for most rooms at most times.
 */
export async function stateAt(
  deps: StateDeps,
  roomId: string,
  position: number,
  keys: readonly Key[] | undefined,
): Promise<StoredEvent[]> {
  // Beyond the stream's position another node may have changed the state without this node knowing it yet.
  if (position <= deps.stream.position()) {
    const state = keys === undefined ? await deps.states.get(roomId) : deps.states.peek(roomId)
    if (state && state.position <= position)
      return keys === undefined ? [...state.events()] : pick(state, keys)
  }
  return readState(deps.db, roomId, position, keys)
}

function pick(state: StateSnapshot, keys: readonly Key[]): StoredEvent[] {
  const picked = new Set<StoredEvent>()
  for (const { type, stateKey } of keys) {
    if (stateKey !== undefined) {
      const event = state.event(type, stateKey)
      if (event) picked.add(event)
    } else for (const event of state.events()) if (event.type === type) picked.add(event)
  }
  return [...picked]
}

async function readState(
  db: Database,
  roomId: string,
  position: number,
  keys: readonly Key[] | undefined,
): Promise<StoredEvent[]> {
  const rows =
    keys === undefined
      ? await db.rows<EventRow>(sql`
          select ${eventColumns} from (
            select distinct on (type, state_key) event_position from rooms.state_change
            where room_id = ${roomId} and position <= ${position}
            order by type desc, state_key desc, position desc
          ) current
          join rooms.event on event.room_id = ${roomId} and event.position = current.event_position`)
      : await db.rows<EventRow>(sql`
          select distinct on (change.type, change.state_key) ${eventColumns}
          from unnest(${keys.map(({ type }) => type)}::text[], ${keys.map(({ stateKey }) => stateKey ?? null)}::text[])
            as asked (type, state_key)
          join rooms.state_change as change on change.room_id = ${roomId} and change.type = asked.type
            and (asked.state_key is null or change.state_key = asked.state_key) and change.position <= ${position}
          join rooms.event on event.room_id = ${roomId} and event.position = change.event_position
          order by change.type, change.state_key, change.position desc`)
  return rows.map(fromRow)
}

/** For each (type, state key) that an event of `(after, upTo]` has set, the last such event. */
export async function stateChanges(
  { db, stream, states }: StateDeps,
  roomId: string,
  after: number,
  upTo: number,
): Promise<StoredEvent[]> {
  const state = upTo <= stream.position() ? states.peek(roomId) : undefined
  if (state && state.position <= after) return []
  const rows = await db.rows<EventRow>(sql`
    select ${eventColumns} from (
      select distinct on (type, state_key) position from rooms.state_change
      where room_id = ${roomId} and position > ${after} and position <= ${upTo} and event_position = position
      order by type, state_key, position desc
    ) change
    join rooms.event on event.room_id = ${roomId} and event.position = change.position
    order by event.position`)
  return rows.map(fromRow)
}
