import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { Position, Stream } from '../../../platform/stream/stream.ts'
import type { TimelineEvent } from '../api.ts'
import { findByTime } from './find-by-time.ts'
import { type MessagesPage, type MessagesRequest, readMessages } from './read-messages.ts'
import { type RelationsPage, type RelationsRequest, readRelations } from './read-relations.ts'
import { type Viewpoint, viewpointOf } from './viewpoint.ts'

/** What this service's routes read beyond the interface that other services see. */
export type RoomReads = {
  /** Refuses with `rooms.forbidden` whoever is not in the room and never was. */
  viewpointOf(userId: string, roomId: string): Promise<Viewpoint>
  /** Everything acknowledged in the room so far lies at or below it. */
  headPosition(roomId: string): Promise<Position>
  readMessages(request: MessagesRequest): Promise<MessagesPage>
  readRelations(request: RelationsRequest): Promise<RelationsPage>
  findByTime(request: Parameters<typeof findByTime>[1]): Promise<TimelineEvent>
}

export function createReads({ db, stream }: { db: Database; stream: Stream }): RoomReads {
  return {
    viewpointOf: (userId, roomId) => viewpointOf(db, userId, roomId),
    async headPosition(roomId) {
      const [row] = await db.rows<{ position: Position }>(
        sql`select position from rooms.room where room_id = ${roomId}`,
      )
      return Math.max(stream.position(), row?.position ?? 0)
    },
    readMessages: (request) => readMessages(db, request),
    readRelations: (request) => readRelations(db, request),
    findByTime: (request) => findByTime(db, request),
  }
}
