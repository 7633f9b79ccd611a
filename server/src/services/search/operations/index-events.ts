import type { Database, Tx } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { Position, Stream } from '../../../platform/stream/stream.ts'
import type { Rooms, TimelineEvent } from '../../rooms/api.ts'
import { gramsOf } from '../grams.ts'
import { searchedText } from '../searched-text.ts'

export type IndexDeps = {
  db: Database
  stream: Pick<Stream, 'head'>
  rooms: Pick<Rooms, 'eventsInStream' | 'events'>
}

const eventsAtOnce = 500

/**
 * Brings the index up to all that is committed at the call, unless it is further behind than that. Any number of nodes may do
 * so at once: they take turns, and what one has done the next finds done.
 */
export async function indexEvents(
  deps: IndexDeps,
  { behindMax = Number.POSITIVE_INFINITY }: { behindMax?: number } = {},
): Promise<void> {
  const upTo = await deps.stream.head()
  // Most questions find the index as it should be, and wait for nobody.
  const behind = upTo - (await progress(deps.db))
  if (behind <= 0 || behind > behindMax) return
  while ((await deps.db.transaction((tx) => indexSome(deps, tx, upTo))) < upTo) {
    // As long as there is more.
  }
}

async function indexSome({ rooms }: IndexDeps, tx: Tx, upTo: Position): Promise<Position> {
  const [row] = await tx.rows<{ position: Position }>(
    sql`select position from search.entry_progress for update`,
  )
  const after = row?.position ?? 0
  if (after >= upTo) return after
  const events = await rooms.eventsInStream({ after, upTo, limit: eventsAtOnce })
  const last = events.length < eventsAtOnce ? upTo : (events.at(-1)?.position ?? upTo)
  await leaveOutEncrypted(tx, events)
  await addTexts(tx, events)
  await removeRedacted(rooms, tx, events)
  await tx.run(sql`update search.entry_progress set position = ${last}`)
  return last
}

/** Of encrypted rooms nothing is found: names, topics, and what was said before they were. */
async function leaveOutEncrypted(tx: Tx, events: readonly TimelineEvent[]): Promise<void> {
  const encrypted = events.flatMap(({ type, stateKey, roomId }) =>
    type === 'm.room.encryption' && stateKey === '' ? [roomId] : [],
  )
  if (encrypted.length === 0) return
  await tx.run(sql`
    insert into search.encrypted_room (room_id) select distinct unnest(${encrypted}::text[]) on conflict do nothing`)
  await tx.run(sql`delete from search.entry where room_id = any(${encrypted})`)
}

async function addTexts(tx: Tx, events: readonly TimelineEvent[]): Promise<void> {
  const texts = events.flatMap((event) => {
    const text = event.redactedBy === undefined ? searchedText(event) : ''
    const grams = text === '' ? [] : gramsOf(event.roomId, text)
    return grams.length === 0 ? [] : [{ event, grams }]
  })
  if (texts.length === 0) return
  await tx.run(sql`
    insert into search.entry (room_id, position, event_id, grams)
    select room_id, position, event_id, grams::int[] from unnest(
      ${texts.map(({ event }) => event.roomId)}::text[], ${texts.map(({ event }) => event.position)}::bigint[],
      ${texts.map(({ event }) => event.eventId)}::text[], ${texts.map(({ grams }) => `{${grams.join()}}`)}::text[]
    ) as fresh (room_id, position, event_id, grams)
    where not exists (select from search.encrypted_room where encrypted_room.room_id = fresh.room_id)
    on conflict do nothing`)
}

/** What has been redacted could be found by nobody; it only takes room. */
async function removeRedacted(
  rooms: Pick<Rooms, 'events'>,
  tx: Tx,
  events: readonly TimelineEvent[],
): Promise<void> {
  const redactions = events.filter(({ redacts }) => redacts !== undefined)
  for (const [roomId, ofRoom] of Map.groupBy(redactions, (event) => event.roomId)) {
    const redacted = await rooms.events(
      roomId,
      ofRoom.flatMap(({ redacts }) => redacts ?? []),
    )
    const positions = redacted.map(({ position }) => position)
    await tx.run(sql`delete from search.entry where room_id = ${roomId} and position = any(${positions})`)
  }
}

async function progress(db: Database): Promise<Position> {
  const [row] = await db.rows<{ position: Position }>(sql`select position from search.entry_progress`)
  return row?.position ?? 0
}
