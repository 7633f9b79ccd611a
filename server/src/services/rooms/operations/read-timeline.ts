import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { Slice } from '../api.ts'
import type { RecentEvents } from '../timeline/recent-events.ts'
import { type EventRow, eventColumns, fromRow, type StoredEvent } from '../timeline/stored-event.ts'

type Deps = { db: Database; recent: RecentEvents }

/** The newest events of each room in a range: from memory where it is sure to be complete, else one query for the rest. */
export async function latestEvents(
  { db, recent }: Deps,
  roomIds: readonly string[],
  range: { after: number | undefined; upTo: number; limit: number },
): Promise<Map<string, Slice>> {
  const slices = new Map<string, Slice>()
  const missing: string[] = []
  for (const roomId of roomIds) {
    const slice = recent.slice(roomId, range)
    if (slice) slices.set(roomId, slice)
    else missing.push(roomId)
  }
  if (missing.length === 0) return slices

  const rows = await db.rows<EventRow>(sql`
    select ${eventColumns} from unnest(${missing}::text[]) as asked (room_id)
    cross join lateral (
      select * from rooms.event
      where event.room_id = asked.room_id and position > ${range.after ?? 0} and position <= ${range.upTo} and withheld is null
      order by position desc limit ${range.limit + 1}
    ) as event
    order by event.position`)
  const found = Map.groupBy(rows, (row) => row.room_id)
  for (const roomId of missing) {
    const events = (found.get(roomId) ?? []).map(fromRow)
    const limited = events.length > range.limit
    slices.set(roomId, { events: limited ? events.slice(events.length - range.limit) : events, limited })
  }
  return slices
}

export async function roomsWithEvents(
  { db, recent }: Deps,
  roomIds: readonly string[],
  after: number,
  upTo: number,
): Promise<Set<string>> {
  const active = new Set<string>()
  const unknown: string[] = []
  for (const roomId of roomIds) {
    const events = recent.after(roomId, { after, upTo })
    if (!events) unknown.push(roomId)
    else if (events.length > 0) active.add(roomId)
  }
  if (unknown.length === 0) return active
  const rows = await db.rows<{ roomId: string }>(sql`
    select asked.room_id as "roomId" from unnest(${unknown}::text[]) as asked (room_id)
    where exists (
      select from rooms.event
      where event.room_id = asked.room_id and position > ${after} and position <= ${upTo} and withheld is null
    )`)
  for (const { roomId } of rows) active.add(roomId)
  return active
}

export async function eventsAfter(
  { db, recent }: Deps,
  roomId: string,
  { after, upTo, limit }: { after: number; upTo: number; limit: number },
): Promise<Slice> {
  const known = recent.after(roomId, { after, upTo })
  const events =
    known ??
    (
      await db.rows<EventRow>(sql`
        select ${eventColumns} from rooms.event
        where room_id = ${roomId} and position > ${after} and position <= ${upTo} and withheld is null
        order by position limit ${limit + 1}`)
    ).map(fromRow)
  return { events: events.slice(0, limit), limited: events.length > limit }
}

export async function eventsInStream(
  db: Database,
  { after, upTo, limit }: { after: number; upTo: number; limit: number },
): Promise<StoredEvent[]> {
  const rows = await db.rows<EventRow>(sql`
    select ${eventColumns} from rooms.event
    where position > ${after} and position <= ${upTo} and withheld is null order by position limit ${limit}`)
  return rows.map(fromRow)
}

/** Those of the events that exist, in the order asked for. */
export async function findEvents(
  { db, recent }: Deps,
  asked: readonly { roomId: string; eventId: string }[],
): Promise<StoredEvent[]> {
  const found = new Map<string, StoredEvent>()
  const missing: { roomId: string; eventId: string }[] = []
  for (const { roomId, eventId } of asked) {
    const event = recent.find(roomId, eventId)
    if (event) found.set(`${roomId} ${eventId}`, event)
    else if (!eventId.includes('\0') && !roomId.includes('\0')) missing.push({ roomId, eventId })
  }
  if (missing.length > 0) {
    const rows = await db.rows<EventRow>(sql`
      select ${eventColumns}
      from unnest(${missing.map(({ roomId }) => roomId)}::text[], ${missing.map(({ eventId }) => eventId)}::text[])
        as asked (room_id, event_id)
      join rooms.event using (room_id, event_id)
      where withheld is null`)
    for (const event of rows.map(fromRow)) found.set(`${event.roomId} ${event.eventId}`, event)
  }
  return asked.flatMap(({ roomId, eventId }) => found.get(`${roomId} ${eventId}`) ?? [])
}

export async function findByPosition(
  db: Database,
  roomId: string,
  position: number,
): Promise<StoredEvent | undefined> {
  const [row] = await db.rows<EventRow>(sql`
    select ${eventColumns} from rooms.event where room_id = ${roomId} and position = ${position}`)
  return row && fromRow(row)
}
