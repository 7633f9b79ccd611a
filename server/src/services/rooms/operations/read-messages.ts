import type { Database } from '../../../platform/db/database.ts'
import { nothing, sql } from '../../../platform/db/sql.ts'
import type { EventMatcher } from '../../../platform/filters/event-filter.ts'
import type { Position } from '../../../platform/stream/stream.ts'
import { type Perspective, sees, visibleRanges } from '../state/perspective.ts'
import { type EventRow, eventColumns, fromRow, type StoredEvent } from '../timeline/stored-event.ts'

export type MessagesRequest = {
  roomId: string
  perspective: Perspective
  /** Of what these people sent, only state is shown. */
  ignored: ReadonlySet<string>
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
  const { perspective, direction, limit, matcher, ignored } = request
  const backwards = direction === 'backwards'
  const chunkSize = Math.min(scannedMax, matcher.everything ? limit + 1 : 4 * limit + 1)
  const spans = spansOf(perspective)
  const events: StoredEvent[] = []
  let at = request.from
  let scanned = 0
  for (const span of backwards ? spans.toReversed() : spans) {
    for (let more = true; more; ) {
      if (scanned >= scannedMax) return { events, end: at }
      const chunk = await readChunk(db, request, clip(span, request, at), chunkSize)
      for (const event of chunk) {
        if (sees(perspective, event) && isHeard(event, ignored) && matcher.matches(event)) {
          if (events.length === limit) return { events, end: at }
          events.push(event)
        }
        at = backwards ? event.position - 1 : event.position
      }
      scanned += chunk.length
      more = chunk.length === chunkSize
    }
  }
  return { events, end: undefined }
}

/** State stays, whoever set it, so that the room is the same for everybody. https://spec.matrix.org/v1.19/client-server-api/#ignoring-users */
export function isHeard(
  { sender, stateKey }: Pick<StoredEvent, 'sender' | 'stateKey'>,
  ignored: ReadonlySet<string>,
): boolean {
  return stateKey !== undefined || !ignored.has(sender)
}

/** Positions above `after`, up to and including `upTo`. */
type Span = { after: Position; upTo: Position }

/** What the person may see, oldest first. The event that ends a visible range may itself be visible (one's own leaving); `sees` decides. */
function spansOf(perspective: Perspective): Span[] {
  return visibleRanges(perspective).map(({ from, upTo }) => ({
    after: from - 1,
    upTo: Math.min(upTo + 1, Number.MAX_SAFE_INTEGER),
  }))
}

/** What is left of a span from where the walk has come to, up to where it is to stop. */
function clip({ after, upTo }: Span, { direction, to }: MessagesRequest, at: Position): Span {
  return direction === 'backwards'
    ? { after: Math.max(after, to ?? 0), upTo: Math.min(upTo, at) }
    : { after: Math.max(after, at), upTo: Math.min(upTo, to ?? Number.MAX_SAFE_INTEGER) }
}

/** One range of the primary key, read in its order: it costs the rows it gives, however long the history. */
async function readChunk(
  db: Database,
  { roomId, direction }: MessagesRequest,
  { after, upTo }: Span,
  limit: number,
): Promise<StoredEvent[]> {
  if (after >= upTo) return []
  const rows = await db.rows<EventRow>(sql`
    select ${eventColumns} from rooms.event
    where room_id = ${roomId} and position > ${after} and position <= ${upTo} and withheld is null
    order by position ${direction === 'backwards' ? sql`desc` : nothing} limit ${limit}`)
  return rows.map(fromRow)
}
