import type { Clock } from '../../../platform/clock.ts'
import type { Database, Tx } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { Jobs } from '../../../platform/jobs.ts'
import type { JsonObject } from '../../../platform/json.ts'
import type { Position, Stream } from '../../../platform/stream/stream.ts'
import type { Rooms, RoomsJobs } from '../api.ts'
import type { RoomsSettings } from '../config.ts'

export type RetentionSettings = Pick<RoomsSettings, 'retentionDefault' | 'retentionMin' | 'retentionMax'>

type Deps = {
  db: Database
  clock: Clock
  stream: Pick<Stream, 'allocate' | 'committed'>
  jobs: Pick<Jobs, 'enqueue' | 'wake'>
  rooms: Pick<Rooms, 'state'>
}

const roomsAtOnce = 500
const eventsAtOnce = 500

/**
 * Removes messages that are older than their rooms, or this server, keep them: for good, and not state, nor a room's newest event,
 * which the next one follows. Each piece is a transaction of its own, so that a node which dies in between has removed a part.
 * The form of m.room.retention is that of https://github.com/matrix-org/matrix-spec-proposals/pull/1763
 */
export async function removeOldMessages(
  deps: Deps,
  settings: RetentionSettings,
  signal: AbortSignal,
): Promise<void> {
  for (let after = '', more = true; more; ) {
    const roomIds = await roomsToLookAt(deps.db, settings, after)
    for (const roomId of roomIds) {
      signal.throwIfAborted()
      const retention = (await deps.rooms.state(roomId))?.event('m.room.retention', '')
      const lifetimeMs = lifetimeOf(retention?.content, settings)
      if (lifetimeMs !== undefined) await removeFrom(deps, roomId, deps.clock.now() - lifetimeMs, signal)
    }
    after = roomIds.at(-1) ?? after
    more = roomIds.length === roomsAtOnce
  }
}

/** How long a room with this m.room.retention keeps its messages; undefined: for good. */
export function lifetimeOf(
  content: JsonObject | undefined,
  { retentionDefault, retentionMin, retentionMax }: RetentionSettings,
): number | undefined {
  const given = content?.['max_lifetime']
  const isGiven = typeof given === 'number' && Number.isSafeInteger(given) && given >= 0
  const wanted = isGiven ? Math.max(given, retentionMin) : retentionDefault || undefined
  if (retentionMax === 0) return wanted
  return Math.min(wanted ?? retentionMax, retentionMax)
}

/** All rooms where the server itself sets a time, else only those that say something about it. */
async function roomsToLookAt(db: Database, settings: RetentionSettings, after: string): Promise<string[]> {
  const isForAll = settings.retentionDefault > 0 || settings.retentionMax > 0
  const rows = await db.rows<{ roomId: string }>(
    isForAll
      ? sql`select room_id as "roomId" from rooms.room where room_id > ${after} order by room_id limit ${roomsAtOnce}`
      : sql`
        select distinct room_id as "roomId" from rooms.state_change
        where type = 'm.room.retention' and room_id > ${after} order by room_id limit ${roomsAtOnce}`,
  )
  return rows.map(({ roomId }) => roomId)
}

async function removeFrom(deps: Deps, roomId: string, beforeMs: number, signal: AbortSignal): Promise<void> {
  for (let removed = eventsAtOnce; removed === eventsAtOnce; ) {
    signal.throwIfAborted()
    const result = await deps.db.transaction((tx) => removeSome(deps, tx, { roomId, beforeMs }))
    removed = result.removed
    if (result.position !== undefined) deps.stream.committed(result.position)
  }
  deps.jobs.wake()
}

async function removeSome(
  { stream, jobs }: Deps,
  tx: Tx,
  { roomId, beforeMs }: { roomId: string; beforeMs: number },
): Promise<{ removed: number; position: Position | undefined }> {
  // The room's lock comes first, as everywhere: no append is to relate to what goes.
  const [room] = await tx.rows<{ newest: Position }>(
    sql`select position as newest from rooms.room where room_id = ${roomId} for update`,
  )
  const newest = room?.newest ?? 0
  const gone = await tx.rows<{ position: Position }>(sql`
    select position from rooms.event
    where room_id = ${roomId} and origin_server_ts < ${beforeMs} and state_key is null and position < ${newest}
    order by origin_server_ts limit ${eventsAtOnce}`)
  if (gone.length === 0) return { removed: 0, position: undefined }
  const positions = gone.map((row) => row.position)
  const position = await stream.allocate(tx, 'rooms_purged', 1)
  await tx.run(sql`delete from rooms.event where room_id = ${roomId} and position = any(${positions})`)
  await tx.run(sql`
    insert into rooms.purge (room_id, before_ms, kept_position, position)
    values (${roomId}, ${beforeMs}, ${newest}, ${position})
    on conflict (room_id) do update set before_ms = excluded.before_ms, kept_position = excluded.kept_position,
      position = excluded.position`)
  const payload: RoomsJobs['rooms.messages_removed'] = { roomId, positions }
  await jobs.enqueue(tx, 'rooms.messages_removed', { id: `${roomId} ${position}`, payload })
  return { removed: gone.length, position }
}
