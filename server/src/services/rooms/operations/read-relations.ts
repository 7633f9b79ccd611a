import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { Position } from '../../../platform/stream/stream.ts'
import { type Perspective, sees } from '../state/perspective.ts'
import { type EventRow, eventColumns, fromRow, type StoredEvent } from '../timeline/stored-event.ts'
import { isHeard } from './read-messages.ts'

export type RelationsRequest = {
  roomId: string
  parentId: string
  perspective: Perspective
  ignored: ReadonlySet<string>
  relationType: string | undefined
  eventType: string | undefined
  direction: 'backwards' | 'forwards'
  from: Position | undefined
  to: Position | undefined
  limit: number
  /** Also events that relate to the parent through others, `depthMax` relations deep. */
  depthMax: number
}

export type RelationsPage = { events: StoredEvent[]; end: Position | undefined }

/** Children looked at for one page. */
const scannedMax = 2000

/**
 * One page of the events that relate to a parent. The filters by type hold for the events given, not for those in between.
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv1roomsroomidrelationseventid
 */
export async function readRelations(db: Database, request: RelationsRequest): Promise<RelationsPage> {
  const { perspective, direction, limit, ignored } = request
  const rows = await db.rows<EventRow>(sql`
    with recursive child (event_id, position, relation_type, type, depth) as (
      select event_id, position, relation_type, type, 1 from rooms.event
      where room_id = ${request.roomId} and relation_parent = ${request.parentId} and withheld is null
      union
      select event.event_id, event.position, event.relation_type, event.type, child.depth + 1
      from child join rooms.event on event.room_id = ${request.roomId} and event.relation_parent = child.event_id
      where child.depth < ${request.depthMax} and event.withheld is null
    )
    select ${eventColumns} from (
      select distinct position from child
      where (${request.relationType ?? null}::text is null or relation_type = ${request.relationType ?? null})
        and (${request.eventType ?? null}::text is null or type = ${request.eventType ?? null})
        and ${range(request)}
      order by position ${direction === 'backwards' ? sql`desc` : sql``}
      limit ${scannedMax}
    ) as page
    join rooms.event on event.room_id = ${request.roomId} and event.position = page.position
    order by event.position ${direction === 'backwards' ? sql`desc` : sql``}`)
  const visible = rows.map(fromRow).filter((event) => sees(perspective, event) && isHeard(event, ignored))
  const events = visible.slice(0, limit)
  const last = events.at(-1)
  const more = visible.length > limit || rows.length === scannedMax
  if (!more || !last) return { events, end: undefined }
  return { events, end: direction === 'backwards' ? last.position - 1 : last.position }
}

/** As in /messages: a token's own position lies behind it. */
function range({ direction, from, to }: RelationsRequest) {
  const backwards = direction === 'backwards'
  const [above, upTo] = backwards ? [to, from] : [from, to]
  return sql`position > ${above ?? 0} and position <= ${upTo ?? Number.MAX_SAFE_INTEGER}`
}
