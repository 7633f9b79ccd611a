import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import { refuse } from '../refusals.ts'
import { sees } from '../state/perspective.ts'
import { type EventRow, eventColumns, fromRow, type StoredEvent } from '../timeline/stored-event.ts'
import { viewpointOf } from './viewpoint.ts'

const candidatesMax = 200

/**
 * The event nearest to `timestampMs` in one direction that the person may see; refuses with `rooms.event_unknown`.
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv1roomsroomidtimestamp_to_event
 */
export async function findByTime(
  db: Database,
  request: { userId: string; roomId: string; timestampMs: number; direction: 'forwards' | 'backwards' },
): Promise<StoredEvent> {
  const { userId, roomId, timestampMs, direction } = request
  const { perspective } = await viewpointOf(db, userId, roomId)
  const rows =
    direction === 'forwards'
      ? await db.rows<EventRow>(sql`
          select ${eventColumns} from rooms.event
          where room_id = ${roomId} and origin_server_ts >= ${timestampMs} and withheld is null
          order by origin_server_ts, position limit ${candidatesMax}`)
      : await db.rows<EventRow>(sql`
          select ${eventColumns} from rooms.event
          where room_id = ${roomId} and origin_server_ts <= ${timestampMs} and withheld is null
          order by origin_server_ts desc, position desc limit ${candidatesMax}`)
  const found = rows.map(fromRow).find((event) => sees(perspective, event))
  if (!found)
    throw refuse('rooms.event_unknown', `There is no event from ${timestampMs} on in this direction.`)
  return found
}
