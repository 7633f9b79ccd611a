import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { Stream } from '../../../platform/stream/stream.ts'
import type { Membership } from '../api.ts'
import { refuse } from '../refusals.ts'

/**
 * Forgets a room that the person has left: it is no longer listed, and its history is closed to them until they are
 * invited or join again. Forgetting twice, or a room one was never in, changes nothing.
 *
 * https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3roomsroomidforget
 */
export async function forget(
  { db, stream }: { db: Database; stream: Stream },
  roomId: string,
  userId: string,
): Promise<void> {
  if (roomId.includes('\0')) return
  const position = await db.transaction(async (tx) => {
    // An append holds the room while it changes memberships, so nobody comes back in between.
    await tx.rows(sql`select from rooms.room where room_id = ${roomId} for update`)
    const [row] = await tx.rows<{ membership: Membership; forgotten: boolean }>(sql`
      select membership, forgotten_position is not null as forgotten from rooms.membership
      where user_id = ${userId} and room_id = ${roomId}`)
    if (!row || row.forgotten) return undefined
    if (row.membership !== 'leave' && row.membership !== 'ban') throw refuse('rooms.not_left')
    const forgottenAt = await stream.allocate(tx, 'rooms_forgotten', 1)
    await tx.run(sql`
      update rooms.membership set forgotten_position = ${forgottenAt} where user_id = ${userId} and room_id = ${roomId}`)
    return forgottenAt
  })
  if (position !== undefined) stream.committed(position)
}
