import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { Stream } from '../../../platform/stream/stream.ts'
import type { Membership, MembershipEntry, TimelineEvent } from '../api.ts'
import { createLoadingCache } from '../state/loading-cache.ts'
import { membershipIn } from '../state/room-state.ts'
import { type EventRow, eventColumns, fromRow, type StoredEvent } from '../timeline/stored-event.ts'

export type MembershipMap = ReadonlyMap<string, MembershipEntry>

/** Somebody forgot a room, at this position of the stream. */
export type Forgotten = { userId: string; roomId: string; position: number }

/** People's memberships, those of people in use kept in memory and in step with the stream's position on this node. */
export type Memberships = {
  of(userId: string): Promise<MembershipMap>
  /** True when it is known, without asking the database, that nothing changed in `(after, upTo]`. */
  unchanged(userId: string, range: { after: number; upTo: number }): boolean
  take(events: readonly StoredEvent[], forgotten: readonly Forgotten[]): void
}

const idle = new AbortController().signal

export function createMemberships(
  deps: { db: Database; stream: Stream },
  options: { usersMax: number },
): Memberships {
  const cache = createLoadingCache<MembershipMap>({
    load: (userId) => load(userId),
    weigh: () => 1,
    weightMax: options.usersMax,
  })
  async function load(userId: string): Promise<MembershipMap> {
    const entries = await loadMemberships(deps.db, userId)
    // The database may be ahead of what this node shows; answering early would tell of events nobody can see yet.
    const last = Math.max(
      0,
      ...entries.map(({ entry, forgottenPosition }) => forgottenPosition ?? entry.position),
    )
    await deps.stream.reached(last, idle)
    return new Map(entries.map(({ entry }) => [entry.roomId, entry]))
  }

  function takeEvent(event: StoredEvent): void {
    const { stateKey: userId, roomId } = event
    if (event.type !== 'm.room.member' || userId === undefined) return
    const membership = membershipIn(event)
    if (membership === undefined) return
    const { eventId, position, sender } = event
    cache.change(userId, (entries) => {
      const known = entries.get(roomId)
      if (known && known.position >= position) return entries
      const forgotten = (known?.forgotten ?? false) && (membership === 'leave' || membership === 'ban')
      return new Map(entries).set(roomId, { roomId, membership, eventId, position, sender, forgotten })
    })
  }

  return {
    async of(userId) {
      return (await cache.get(userId)) ?? new Map()
    },
    unchanged(userId, { after, upTo }) {
      const entries = upTo <= deps.stream.position() ? cache.peek(userId) : undefined
      return entries !== undefined && newestIn(entries) <= after
    },
    take(events, forgotten) {
      for (const event of events) takeEvent(event)
      for (const { userId, roomId, position } of forgotten) {
        cache.change(userId, (entries) => {
          const entry = entries.get(roomId)
          if (!entry || entry.position > position) return entries
          return new Map(entries).set(roomId, { ...entry, forgotten: true })
        })
      }
    },
  }
}

const newest = new WeakMap<MembershipMap, number>()

/** The position of the newest membership, found once per map: maps are not changed. */
function newestIn(entries: MembershipMap): number {
  let position = newest.get(entries)
  if (position === undefined) {
    position = 0
    for (const entry of entries.values()) position = Math.max(position, entry.position)
    newest.set(entries, position)
  }
  return position
}

type Row = Omit<MembershipEntry, 'forgotten'> & { forgottenPosition: number | null }

async function loadMemberships(
  db: Database,
  userId: string,
): Promise<{ entry: MembershipEntry; forgottenPosition: number | null }[]> {
  const rows = await db.rows<Row>(sql`
    select room_id as "roomId", membership, event_id as "eventId", position, sender, forgotten_position as "forgottenPosition"
    from rooms.membership where user_id = ${userId}`)
  return rows.map(({ forgottenPosition, ...row }) => ({
    entry: { ...row, forgotten: forgottenPosition !== null },
    forgottenPosition,
  }))
}

/** What the database says now, whatever this node has taken in. */
export async function currentMembership(
  db: Database,
  roomId: string,
  userId: string,
): Promise<Membership | undefined> {
  // Whoever asks passes on what a client sent; PostgreSQL has no text with a zero byte.
  if (roomId.includes('\0') || userId.includes('\0')) return undefined
  const [row] = await db.rows<{ membership: Membership }>(
    sql`select membership from rooms.membership where user_id = ${userId} and room_id = ${roomId}`,
  )
  return row?.membership
}

/** The rooms that the person is in, straight from the database: what has just been acknowledged is in it. */
export async function joinedRooms(db: Database, userId: string): Promise<ReadonlySet<string>> {
  const rows = await db.rows<{ roomId: string }>(sql`
    select room_id as "roomId" from rooms.membership where user_id = ${userId} and membership = 'join'`)
  return new Set(rows.map(({ roomId }) => roomId))
}

export async function membershipChanges(
  { db, memberships }: { db: Database; memberships: Memberships },
  userId: string,
  after: number,
  upTo: number,
): Promise<TimelineEvent[]> {
  if (memberships.unchanged(userId, { after, upTo })) return []
  const rows = await db.rows<EventRow>(sql`
    select ${eventColumns} from rooms.membership_change as change
    join rooms.event on event.room_id = change.room_id and event.position = change.position
    where change.user_id = ${userId} and change.position > ${after} and change.position <= ${upTo}
    order by change.position`)
  return rows.map(fromRow)
}

/** People joined to a room that the person is joined to, themselves left out. */
export async function peopleSharingRooms(db: Database, userId: string): Promise<ReadonlySet<string>> {
  const rows = await db.rows<{ userId: string }>(sql`
    select distinct other.user_id as "userId"
    from rooms.membership as own
    join rooms.membership as other on other.room_id = own.room_id and other.membership = 'join'
    where own.user_id = ${userId} and own.membership = 'join' and other.user_id <> ${userId}`)
  return new Set(rows.map((row) => row.userId))
}
