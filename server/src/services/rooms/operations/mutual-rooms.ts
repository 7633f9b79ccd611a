import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import { isUserId } from '../protocol/identifiers.ts'
import { refuse } from '../refusals.ts'

export type MutualRoomsRequest = { userId: string; otherId: string; after: string | undefined; limit: number }
export type MutualRoomsPage = { roomIds: string[]; count: number; more: boolean }

/**
 * The rooms that two people are both in, by room id. Refuses with `rooms.user_id_invalid` what is no other person's id.
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv1mutual_rooms
 */
export async function mutualRooms(db: Database, request: MutualRoomsRequest): Promise<MutualRoomsPage> {
  const { userId, otherId, after = '', limit } = request
  if (!isUserId(otherId)) throw refuse('rooms.user_id_invalid')
  if (otherId === userId) throw refuse('rooms.user_id_invalid', 'This is your own user id.')
  const rows = await db.rows<{ roomId: string; count: number }>(sql`
    select room_id as "roomId", count from (
      select room_id, count(*) over ()::integer as count
      from rooms.membership as own join rooms.membership as other using (room_id)
      where own.user_id = ${userId} and own.membership = 'join'
        and other.user_id = ${otherId} and other.membership = 'join'
    ) as mutual
    where room_id collate "C" > ${after} order by room_id collate "C" limit ${limit + 1}`)
  return {
    roomIds: rows.slice(0, limit).map(({ roomId }) => roomId),
    count: rows[0]?.count ?? 0,
    more: rows.length > limit,
  }
}
