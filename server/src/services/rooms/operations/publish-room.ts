import type { Clock } from '../../../platform/clock.ts'
import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'

/** Lists a room in the public directory of this server, or takes it out. */
export async function setPublished(
  { db, clock }: { db: Database; clock: Clock },
  roomId: string,
  published: boolean,
): Promise<void> {
  if (published)
    await db.run(sql`
      insert into rooms.published_room (room_id, published_at_ms) values (${roomId}, ${clock.now()})
      on conflict (room_id) do nothing`)
  else await db.run(sql`delete from rooms.published_room where room_id = ${roomId}`)
}

/** Undefined when there is no such room. */
export async function isPublished(db: Database, roomId: string): Promise<boolean | undefined> {
  if (roomId.includes('\0')) return undefined
  const [row] = await db.rows<{ published: boolean }>(sql`
    select exists (select from rooms.published_room where room_id = ${roomId}) as published
    from rooms.room where room_id = ${roomId}`)
  return row?.published
}
