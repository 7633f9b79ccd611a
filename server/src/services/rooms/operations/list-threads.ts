import type { Database } from '../../../platform/db/database.ts'
import { nothing, sql } from '../../../platform/db/sql.ts'
import type { Position } from '../../../platform/stream/stream.ts'
import { type Perspective, sees, visibleRanges } from '../state/perspective.ts'
import { type EventRow, eventColumns, fromRow, type StoredEvent } from '../timeline/stored-event.ts'

export type ThreadsRequest = {
  roomId: string
  perspective: Perspective
  /** Whose replies count as none. */
  ignored: ReadonlySet<string>
  /** Only threads that the person began or replied in. */
  participated: boolean
  /** At or below it lies the latest reply of each thread given. */
  from: Position | undefined
  limit: number
}

export type ThreadsPage = { roots: StoredEvent[]; end: Position | undefined }

/**
 * One page of the roots of a room's threads, that with the latest reply first. Roots and replies that the person may not
 * see count as not there.
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv1roomsroomidthreads
 */
export async function listThreads(db: Database, request: ThreadsRequest): Promise<ThreadsPage> {
  const { roomId, perspective, ignored, participated, from, limit } = request
  const { userId } = perspective
  const ranges = visibleRanges(perspective)
  const isCounted = (reply: 'reply' | 'later') => {
    const { sender, position } = reply === 'reply' ? replyColumns : laterColumns
    return sql`${sender} <> all(${[...ignored]}::text[]) and exists (
      select from unnest(${ranges.map((range) => range.from)}::bigint[], ${ranges.map(({ upTo }) => upTo)}::bigint[])
        as range (first, last)
      where ${position} between range.first and range.last)`
  }
  const rows = await db.rows<EventRow & { latest: Position }>(sql`
    select reply.position as latest, ${eventColumns} from rooms.event as reply
    join rooms.event on event.room_id = reply.room_id and event.event_id = reply.relation_parent
    where reply.room_id = ${roomId} and reply.relation_type = 'm.thread' and reply.withheld is null
      and event.withheld is null and reply.position <= ${from ?? Number.MAX_SAFE_INTEGER} and ${isCounted('reply')}
      and not exists (
        select from rooms.event as later
        where later.room_id = reply.room_id and later.relation_parent = reply.relation_parent
          and later.relation_type = 'm.thread' and later.position > reply.position and later.withheld is null
          and ${isCounted('later')}
      )
      ${participated ? sql`and (event.sender = ${userId} or ${hasReplied(userId)})` : nothing}
    order by reply.position desc limit ${limit + 1}`)
  const page = rows.slice(0, limit)
  const next = rows[limit]
  return { roots: page.map(fromRow).filter((root) => sees(perspective, root)), end: next?.latest }
}

const replyColumns = { sender: sql`reply.sender`, position: sql`reply.position` }
const laterColumns = { sender: sql`later.sender`, position: sql`later.position` }

function hasReplied(userId: string) {
  return sql`exists (
    select from rooms.event as own
    where own.room_id = reply.room_id and own.relation_parent = reply.relation_parent
      and own.relation_type = 'm.thread' and own.withheld is null and own.sender = ${userId})`
}
