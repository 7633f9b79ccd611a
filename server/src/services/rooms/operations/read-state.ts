import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import { type EventRow, eventColumns, fromRow, type StoredEvent } from '../timeline/stored-event.ts'

type Key = { type: string; stateKey?: string }

/** The state just after a position; `keys` narrows it to types, or to types and state keys. */
export async function stateAt(
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
  db: Database,
  roomId: string,
  after: number,
  upTo: number,
): Promise<StoredEvent[]> {
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
