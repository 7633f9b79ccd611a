import { createHash } from 'node:crypto'
import pg from 'pg'
import type { Database } from '../../src/platform/db/database.ts'
import { sql } from '../../src/platform/db/sql.ts'
import type { Random } from '../../src/platform/random.ts'
import { eventsInStream } from '../../src/services/rooms/operations/read-timeline.ts'
import { indexEvents } from '../../src/services/search/operations/index-events.ts'
import type { Person } from '../../test/support/person.ts'
import type { BenchDatabase } from '../database.ts'
import { sentence, type Vocabulary } from './vocabulary.ts'

const atOnce = 10_000
/** Is in every message. */
export const commonWord = 'dure'

export type Filling = {
  roomIds: readonly string[]
  people: readonly Person[]
  vocabularies: readonly Vocabulary[]
  messages: number
}

/**
 * Writes messages straight into the tables while no node runs: rooms talk all the time, some of them much more than others. They are
 * indexed by the service's own code; what PostgreSQL can do faster at the end is done at the end.
 */
export async function fillRooms(db: Database, filling: Filling, random: Random): Promise<void> {
  const head = await headOf(db)
  for (let first = 0; first < filling.messages; first += atOnce) {
    const count = Math.min(atOnce, filling.messages - first)
    await writeMessages(db, { ...filling, after: head + first, count }, random)
  }
  const upTo = head + filling.messages
  await db.run(sql`update platform.stream_head set position = ${upTo}`)
  await db.run(sql`update platform.stream_topic set position = ${upTo} where topic = 'rooms'`)
  await db.run(sql`
    update rooms.room set position = newest.position, extremities = array[newest.event_id]
    from (select distinct on (room_id) room_id, position, event_id from rooms.event order by room_id, position desc) newest
    where room.room_id = newest.room_id`)
}

/** Seconds that it took. */
export async function indexRooms({ db, url }: BenchDatabase): Promise<number> {
  const startedAt = performance.now()
  const upTo = await headOf(db)
  // A connection of its own: statements of a node may not take as long.
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query('drop index search.entry_grams')
  await indexEvents({
    db,
    stream: { head: async () => upTo },
    rooms: { eventsInStream: (range) => eventsInStream(db, range), events: async () => [] },
  })
  await client.query(`set maintenance_work_mem = '512MB'`)
  await client.query('create index entry_grams on search.entry using gin (grams) with (fastupdate = off)')
  await client.query('vacuum analyze')
  await client.end()
  return (performance.now() - startedAt) / 1000
}

async function headOf(db: Database): Promise<number> {
  const [row] = await db.rows<{ position: number }>(sql`select position from platform.stream_head`)
  return row?.position ?? 0
}

async function writeMessages(
  db: Database,
  { roomIds, people, vocabularies, after, count }: Filling & { after: number; count: number },
  random: Random,
): Promise<void> {
  const rows = Array.from({ length: count }, (_, n) => {
    const position = after + n + 1
    // The first room says about ten times as much as the middle one.
    const roomId = roomIds[Math.floor(roomIds.length * (random.below(1_000_000) / 1_000_000) ** 2)] ?? ''
    const sender = people[random.below(people.length)]?.userId ?? ''
    const vocabulary = vocabularies[random.below(vocabularies.length)]
    const body = `${vocabulary ? sentence(vocabulary, random) : ''} ${commonWord}`
    return {
      position,
      roomId,
      sender,
      body,
      eventId: eventIdOf(position),
      sentAt: Date.now() - 1e9 + position,
    }
  })
  await db.run(sql`
    insert into rooms.event (room_id, position, event_id, type, sender, origin_server_ts, pdu)
    select * from unnest(
      ${rows.map(({ roomId }) => roomId)}::text[], ${rows.map(({ position }) => position)}::bigint[],
      ${rows.map(({ eventId }) => eventId)}::text[], ${rows.map(() => 'm.room.message')}::text[],
      ${rows.map(({ sender }) => sender)}::text[], ${rows.map(({ sentAt }) => sentAt)}::bigint[],
      ${rows.map(pduText)}::text[])`)
}

/** As long as a real one; hashes and signature are not those of its content. */
function pduText(row: {
  roomId: string
  sender: string
  body: string
  sentAt: number
  position: number
}): string {
  const [before, auth] = [eventIdOf(row.position - 1), eventIdOf(1)]
  return JSON.stringify({
    auth_events: [auth, auth],
    content: { msgtype: 'm.text', body: row.body },
    depth: row.position,
    hashes: { sha256: before.slice(1) },
    origin_server_ts: row.sentAt,
    prev_events: [before],
    room_id: row.roomId,
    sender: row.sender,
    signatures: { localhost: { 'ed25519:bench': `${before.slice(1)}${auth.slice(1)}` } },
    type: 'm.room.message',
  })
}

function eventIdOf(position: number): string {
  return `$${createHash('sha256').update(`bench ${position}`).digest('base64url')}`
}
