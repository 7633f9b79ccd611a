import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { Position } from '../../../platform/stream/stream.ts'
import { restoredState, type StoredUnread, storedUnread } from '../unread/stored-state.ts'
import type { UnreadState } from '../unread/unread-state.ts'

/** What had been counted for a person in these rooms when it was last written down. One query. */
export async function loadCheckpoints(
  db: Database,
  userId: string,
  roomIds: readonly string[],
): Promise<Map<string, UnreadState>> {
  type Row = { roomId: string; upTo: Position; since: Position; unread: StoredUnread | null }
  const rows = await db.rows<Row>(sql`
    select room_id as "roomId", up_to as "upTo", since, unread
    from push.unread where user_id = ${userId} and room_id = any(${roomIds})`)
  return new Map(
    rows.map(({ roomId, upTo, since, unread }) => [roomId, restoredState({ upTo, since }, unread)]),
  )
}

export type Checkpoint = { userId: string; roomId: string; state: UnreadState & { since: Position } }

/**
 * Writes checkpoints down, each unless a later one is there already, whichever node wrote it. Rows are locked in
 * the order of their keys, so that two nodes never wait for each other.
 */
export async function saveCheckpoints(db: Database, checkpoints: readonly Checkpoint[]): Promise<void> {
  const latest = new Map<string, Checkpoint>()
  for (const checkpoint of checkpoints) {
    const key = `${checkpoint.userId} ${checkpoint.roomId}`
    const other = latest.get(key)
    if (!other || other.state.upTo < checkpoint.state.upTo) latest.set(key, checkpoint)
  }
  const rows = [...latest.values()].map(({ userId, roomId, state }) => {
    const { upTo, since } = state
    const unread = storedUnread(state)
    return { userId, roomId, upTo, since, unread: unread ? JSON.stringify(unread) : null }
  })
  await db.run(sql`
    insert into push.unread as known (user_id, room_id, up_to, since, unread)
    select user_id, room_id, up_to, since, unread::json
    from unnest(
      ${rows.map((row) => row.userId)}::text[], ${rows.map((row) => row.roomId)}::text[],
      ${rows.map((row) => row.upTo)}::bigint[], ${rows.map((row) => row.since)}::bigint[],
      ${rows.map((row) => row.unread)}::text[]
    ) as given (user_id, room_id, up_to, since, unread)
    order by user_id, room_id
    on conflict (user_id, room_id) do update
      set up_to = excluded.up_to, since = excluded.since, unread = excluded.unread
      where known.up_to < excluded.up_to`)
}

/** Forgets everything about a person whose account is gone. */
export async function forgetUser(db: Database, userId: string): Promise<void> {
  await db.run(sql`delete from push.unread where user_id = ${userId}`)
  await db.run(sql`delete from push.ruleset where user_id = ${userId}`)
  await db.run(sql`delete from push.pusher where user_id = ${userId}`)
}
