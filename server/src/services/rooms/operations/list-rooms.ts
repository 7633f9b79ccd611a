import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'

/** What administrators are shown of a room in a list. */
export type ListedRoom = {
  roomId: string
  version: string
  creator: string
  createdAtMs: number
  joinedMembers: number
  published: boolean
}

/** Rooms by id, from beyond `after` on, of those whose id, creator or alias holds `search`. */
export function listRooms(
  db: Database,
  { search, after, limit }: { search: string; after: string; limit: number },
): Promise<ListedRoom[]> {
  return db.rows<ListedRoom>(sql`
    select room_id as "roomId", version, creator, created_at_ms as "createdAtMs",
      (select count(*)::integer from rooms.membership
        where membership.room_id = room.room_id and membership = 'join') as "joinedMembers",
      exists (select from rooms.published_room where published_room.room_id = room.room_id and listed) as published
    from rooms.room
    where room_id collate "C" > ${after} and (
      strpos(room_id, ${search}) > 0 or strpos(creator, ${search}) > 0 or exists (
        select from rooms.alias where alias.room_id = room.room_id and strpos(alias, ${search}) > 0))
    order by room_id collate "C" limit ${limit}`)
}
