import type { Database } from '../../../platform/db/database.ts'
import { type Sql, sql } from '../../../platform/db/sql.ts'
import type { EventMatcher } from '../../../platform/filters/event-filter.ts'
import type { Position } from '../../../platform/stream/stream.ts'
import { type Perspective, sees, visibleRanges } from '../state/perspective.ts'
import { type EventRow, eventColumns, fromRow, type StoredEvent } from '../timeline/stored-event.ts'

export type MessagesRequest = {
  roomId: string
  perspective: Perspective
  /** `backwards` begins at the newest event at or below `from`, `forwards` at the oldest above it. */
  direction: 'backwards' | 'forwards'
  from: Position
  /** Where to stop: exclusive backwards, inclusive forwards, so that both directions between two tokens give the same events. */
  to: Position | undefined
  limit: number
  matcher: EventMatcher
}

export type MessagesPage = {
  events: StoredEvent[]
  /** Where to go on; undefined when the person can see nothing further in this direction. */
  end: Position | undefined
}

/** Most rows that one page looks at when a filter lets few of them through; the next page goes on from there. */
const scannedMax = 2000

/** One page of a room's timeline, of what the person may see and the filter lets through. */
export async function readMessages(db: Database, request: MessagesRequest): Promise<MessagesPage> {
  const { perspective, direction, limit, matcher } = request
  const events: StoredEvent[] = []
  const chunkSize = Math.min(scannedMax, matcher.everything ? limit + 1 : 4 * limit + 1)
  let at = request.from
  for (let scanned = 0; scanned < scannedMax; ) {
    const chunk = (await readChunk(db, request, at, chunkSize)).map(fromRow)
    scanned += chunk.length
    for (const event of chunk) {
      if (sees(perspective, event) && matcher.matches(event)) {
        if (events.length === limit) return { events, end: at }
        events.push(event)
      }
      at = direction === 'backwards' ? event.position - 1 : event.position
    }
    if (chunk.length < chunkSize) return { events, end: undefined }
  }
  return { events, end: at }
}

async function readChunk(
  db: Database,
  request: MessagesRequest,
  at: Position,
  limit: number,
): Promise<EventRow[]> {
  const { roomId, perspective, direction, to } = request
  // The event that ends a visible range may itself be visible (one's own leaving); `sees` decides.
  const ranges = visibleRanges(perspective)
  const visible = sql`exists (
    select from unnest(${ranges.map(({ from }) => from)}::bigint[], ${ranges.map(({ upTo }) => upTo)}::bigint[]) as seen (first, last)
    where event.position between seen.first and seen.last + (seen.last < 9007199254740991)::int)`
  return direction === 'backwards'
    ? db.rows<EventRow>(sql`
        select ${eventColumns} from rooms.event
        where room_id = ${roomId} and position <= ${at} and position > ${to ?? 0} and withheld is null and ${visible}
        order by position desc limit ${limit}`)
    : db.rows<EventRow>(sql`
        select ${eventColumns} from rooms.event
        where room_id = ${roomId} and position > ${at} ${upTo(to)} and withheld is null and ${visible}
        order by position limit ${limit}`)
}

function upTo(to: Position | undefined): Sql {
  return to === undefined ? sql`` : sql`and position <= ${to}`
}
