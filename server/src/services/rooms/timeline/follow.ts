import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { Stream } from '../../../platform/stream/stream.ts'
import type { TimelineEvent } from '../api.ts'
import type { Forgotten, Memberships } from '../operations/memberships.ts'
import type { States } from '../state/states.ts'
import type { RecentEvents } from './recent-events.ts'
import { type EventRow, eventColumns, fromRow, type StoredEvent } from './stored-event.ts'

type Follower = {
  db: Database
  stream: Stream
  states: States
  recent: RecentEvents
  memberships: Memberships
  tell: (events: readonly TimelineEvent[]) => void
}

/** What was read and not yet shown. `redacted` holds what redactions left of their targets, by the redaction's event id. */
type Staged = {
  events: StoredEvent[]
  redacted: Map<string, StoredEvent>
  forgotten: Forgotten[]
  purged: Purge[]
}
type Purge = { roomId: string; beforeMs: number; keptPosition: number }

/** Rows read at a time, so that a node which was away for long does not take everything into memory at once. */
const rowsMax = 2000

/**
 * Reads each new event once for everybody on this node. What was read is held back until the stream advances, so that
 * memberships and recent events are in step with `stream.position()`, and shown to listeners before any sync is woken.
 */
export function followRooms(deps: Follower): void {
  let staged: Staged = nothingStaged()
  let readUpTo = 0
  let shownUpTo: number | undefined

  deps.stream.follow('rooms', async (after, upTo) => {
    shownUpTo ??= after
    // After a failed advance the same rows are asked for again.
    for (let from = Math.max(after, readUpTo); from < upTo; ) {
      const rows = await readRows(deps.db, from, upTo)
      const events = rows.map(fromRow)
      const redacted = await readRedacted(deps.db, events)
      staged.events.push(...events)
      for (const [redaction, target] of redacted) staged.redacted.set(redaction, target)
      from = rows.length < rowsMax ? upTo : (rows.at(-1)?.position ?? upTo)
      readUpTo = from
    }
  })
  deps.stream.follow('rooms_forgotten', async (after, upTo) => {
    staged.forgotten = await deps.db.rows<Forgotten>(sql`
      select user_id as "userId", room_id as "roomId", forgotten_position as position from rooms.membership
      where forgotten_position > ${after} and forgotten_position <= ${upTo}`)
    return { users: staged.forgotten.map(({ userId }) => userId) }
  })
  deps.stream.follow('rooms_purged', async (after, upTo) => {
    staged.purged = await deps.db.rows<Purge>(sql`
      select room_id as "roomId", before_ms as "beforeMs", kept_position as "keptPosition" from rooms.purge
      where position > ${after} and position <= ${upTo}`)
    return {}
  })
  deps.stream.onAdvance((position) => {
    const { events, redacted, forgotten, purged } = staged
    staged = nothingStaged()
    deps.recent.take(events, { after: shownUpTo ?? position, upTo: position })
    shownUpTo = position
    for (const target of redacted.values()) deps.recent.replace(target)
    purge(deps.recent, purged)
    deps.states.take(events, redacted)
    deps.memberships.take(events, forgotten)
    if (events.length > 0) deps.tell(events)
  })
}

function nothingStaged(): Staged {
  return { events: [], redacted: new Map(), forgotten: [], purged: [] }
}

/** What `removeOldMessages` has done in the database is done in memory. */
function purge(recent: RecentEvents, purged: readonly Purge[]): void {
  if (purged.length === 0) return
  const rooms = new Map(purged.map((purge) => [purge.roomId, purge]))
  recent.remove(new Set(rooms.keys()), ({ roomId, position, stateKey, originServerTs }) => {
    const { beforeMs = 0, keptPosition = 0 } = rooms.get(roomId) ?? {}
    return stateKey === undefined && originServerTs < beforeMs && position < keptPosition
  })
}

function readRows(db: Database, after: number, upTo: number): Promise<EventRow[]> {
  return db.rows<EventRow>(sql`
    select ${eventColumns} from rooms.event
    where position > ${after} and position <= ${upTo} and withheld is null
    order by position limit ${rowsMax}`)
}

/** The redacted form of the events that these redactions have hit, by the redaction's event id. */
async function readRedacted(db: Database, events: readonly StoredEvent[]): Promise<Map<string, StoredEvent>> {
  const redactions = events.filter(({ redacts }) => redacts !== undefined)
  if (redactions.length === 0) return new Map()
  const rows = await db.rows<EventRow>(sql`
    select ${eventColumns}
    from unnest(${redactions.map(({ roomId }) => roomId)}::text[], ${redactions.map(({ redacts }) => redacts)}::text[])
      as asked (room_id, event_id)
    join rooms.event using (room_id, event_id)`)
  return new Map(rows.map((row) => [row.redacted_by ?? '', fromRow(row)]))
}
