import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { RoomDigest, TimelineEvent } from '../api.ts'
import { parsePduText } from './stored-event.ts'

/** Digests of the rooms in use, kept in step with the events that this node takes in. */
export type Digests = {
  of(roomIds: readonly string[]): Promise<Map<string, RoomDigest>>
  take(events: readonly TimelineEvent[]): void
}

/** What moves a room up for people. https://github.com/matrix-org/matrix-spec-proposals/blob/main/proposals/4186-simplified-sliding-sync.md */
const noticedTypes = new Set([
  'm.room.create',
  'm.room.message',
  'm.room.encrypted',
  'm.sticker',
  'm.call.invite',
  'm.poll.start',
  'm.beacon_info',
])

/** Few rooms have more events than this on top that nobody notices; those are looked through in a second query. */
const newestEvents = 10

export function createDigests(deps: { db: Database }, options: { roomsMax: number }): Digests {
  const known = new Map<string, RoomDigest>()
  /** What arrives while a digest is being loaded, which the database may not have told of. */
  const arriving = new Set<TimelineEvent[]>()

  async function load(roomIds: readonly string[]): Promise<RoomDigest[]> {
    const meanwhile: TimelineEvent[] = []
    arriving.add(meanwhile)
    try {
      const loaded = new Map((await readDigests(deps.db, roomIds)).map((digest) => [digest.roomId, digest]))
      for (const event of meanwhile) {
        const digest = loaded.get(event.roomId)
        if (digest) loaded.set(event.roomId, withEvent(digest, event))
      }
      for (const [roomId, digest] of loaded) known.set(roomId, digest)
      for (const roomId of known.keys()) {
        if (known.size <= options.roomsMax) break
        known.delete(roomId)
      }
      return [...loaded.values()]
    } finally {
      arriving.delete(meanwhile)
    }
  }

  return {
    async of(roomIds) {
      const found = new Map<string, RoomDigest>()
      const missing: string[] = []
      for (const roomId of roomIds) {
        const digest = known.get(roomId)
        if (digest) found.set(roomId, digest)
        else missing.push(roomId)
      }
      if (missing.length > 0) for (const digest of await load(missing)) found.set(digest.roomId, digest)
      return found
    },
    take(events) {
      for (const loading of arriving) loading.push(...events)
      for (const event of events) {
        const digest = known.get(event.roomId)
        if (!digest) continue
        // Rooms in which something happens stay longest.
        known.delete(event.roomId)
        known.set(event.roomId, withEvent(digest, event))
      }
    },
  }
}

/** Bears being given an event again. */
function withEvent(digest: RoomDigest, { position, type, stateKey }: TimelineEvent): RoomDigest {
  const encrypts = type === 'm.room.encryption' && stateKey === ''
  return {
    ...digest,
    lastPosition: Math.max(digest.lastPosition, position),
    bumpPosition: noticedTypes.has(type) ? Math.max(digest.bumpPosition, position) : digest.bumpPosition,
    encryptedAt: digest.encryptedAt ?? (encrypts ? position : undefined),
  }
}

type Row = {
  roomId: string
  lastPosition: number
  encryptedAt: number | null
  bumpPosition: number | null
  create: string | null
}

async function readDigests(db: Database, roomIds: readonly string[]): Promise<RoomDigest[]> {
  const rows = await db.rows<Row>(sql`
    select asked.room_id as "roomId", room.position as "lastPosition", encryption.position as "encryptedAt",
      newest.position as "bumpPosition", founding.pdu as "create"
    from unnest(${roomIds}::text[]) as asked (room_id)
    join rooms.room using (room_id)
    left join lateral (
      select min(position) as position from rooms.state_change as change
      where change.room_id = asked.room_id and change.type = 'm.room.encryption' and change.state_key = ''
    ) as encryption on true
    left join lateral (
      select max(position) as position from (
        select position, type from rooms.event
        where event.room_id = asked.room_id and withheld is null order by position desc limit ${newestEvents}
      ) as event
      where type = any(${[...noticedTypes]}::text[])
    ) as newest on true
    left join lateral (
      select event.pdu from rooms.state_change as change
      join rooms.event on event.room_id = change.room_id and event.position = change.event_position
      where change.room_id = asked.room_id and change.type = 'm.room.create' and change.state_key = ''
      order by change.position limit 1
    ) as founding on true`)
  const unnoticed = rows.filter(({ bumpPosition }) => bumpPosition === null).map(({ roomId }) => roomId)
  const further = unnoticed.length === 0 ? new Map() : await lastNoticed(db, unnoticed)
  return rows.map((row) => ({
    roomId: row.roomId,
    lastPosition: row.lastPosition,
    bumpPosition: row.bumpPosition ?? further.get(row.roomId) ?? 0,
    encryptedAt: row.encryptedAt ?? undefined,
    roomType: typeOf(row.create),
  }))
}

async function lastNoticed(db: Database, roomIds: readonly string[]): Promise<Map<string, number>> {
  const rows = await db.rows<{ roomId: string; position: number }>(sql`
    select asked.room_id as "roomId", event.position from unnest(${roomIds}::text[]) as asked (room_id)
    cross join lateral (
      select position from rooms.event
      where event.room_id = asked.room_id and withheld is null and type = any(${[...noticedTypes]}::text[])
      order by position desc limit 1
    ) as event`)
  return new Map(rows.map(({ roomId, position }) => [roomId, position]))
}

function typeOf(createPdu: string | null): string | undefined {
  if (createPdu === null) return undefined
  const type = parsePduText(createPdu).content['type']
  return typeof type === 'string' ? type : undefined
}
