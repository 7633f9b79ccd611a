import type { Database, Tx } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { Position, Stream } from '../../../platform/stream/stream.ts'
import type { Rooms, TimelineEvent } from '../../rooms/api.ts'
import { gramsOf } from '../grams.ts'
import { searchedText } from '../searched-text.ts'

export type IndexDeps = { db: Database; stream: Pick<Stream, 'head'>; rooms: Pick<Rooms, 'eventsInStream'> }

const eventsAtOnce = 500

/**
 * Brings the index up to all that is committed at the call. Any number of nodes may do so at once: they take turns, and what
 * one has done the next finds done.
 */
export async function indexEvents(deps: IndexDeps): Promise<void> {
  const upTo = await deps.stream.head()
  // Most questions find the index as it should be, and wait for nobody.
  if ((await progress(deps.db)) >= upTo) return
  while ((await deps.db.transaction((tx) => indexSome(deps, tx, upTo))) < upTo) {
    // As long as there is more.
  }
}

async function indexSome({ rooms }: IndexDeps, tx: Tx, upTo: Position): Promise<Position> {
  const [row] = await tx.rows<{ position: Position }>(sql`select position from search.progress for update`)
  const after = row?.position ?? 0
  if (after >= upTo) return after
  const events = await rooms.eventsInStream({ after, upTo, limit: eventsAtOnce })
  const last = events.length < eventsAtOnce ? upTo : (events.at(-1)?.position ?? upTo)
  await addDocuments(tx, events)
  await removeDocuments(tx, events)
  await tx.run(sql`update search.progress set position = ${last}`)
  return last
}

async function addDocuments(tx: Tx, events: readonly TimelineEvent[]): Promise<void> {
  const documents = events.flatMap((event) => {
    const text = event.redactedBy === undefined ? searchedText(event) : ''
    const grams = text === '' ? [] : gramsOf(event.roomId, text)
    return grams.length === 0 ? [] : [{ event, grams }]
  })
  if (documents.length === 0) return
  await tx.run(sql`
    insert into search.document (room_id, position, event_id, grams)
    select room_id, position, event_id, grams::int[] from unnest(
      ${documents.map(({ event }) => event.roomId)}::text[], ${documents.map(({ event }) => event.position)}::bigint[],
      ${documents.map(({ event }) => event.eventId)}::text[], ${documents.map(({ grams }) => `{${grams.join()}}`)}::text[]
    ) as fresh (room_id, position, event_id, grams)
    on conflict do nothing`)
}

/** What has been redacted could be found by nobody; it only takes room. */
async function removeDocuments(tx: Tx, events: readonly TimelineEvent[]): Promise<void> {
  const redacted = events.flatMap(({ roomId, redacts }) =>
    redacts === undefined ? [] : [{ roomId, redacts }],
  )
  if (redacted.length === 0) return
  await tx.run(sql`
    delete from search.document using unnest(
      ${redacted.map(({ roomId }) => roomId)}::text[], ${redacted.map(({ redacts }) => redacts)}::text[]
    ) as gone (room_id, event_id)
    where document.room_id = gone.room_id and document.event_id = gone.event_id`)
}

async function progress(db: Database): Promise<Position> {
  const [row] = await db.rows<{ position: Position }>(sql`select position from search.progress`)
  return row?.position ?? 0
}
