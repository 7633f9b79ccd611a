import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { Position } from '../../../platform/stream/stream.ts'
import { gramsAsked } from '../grams.ts'

export type Proposal = { roomId: string; position: Position; eventId: string }
export type Proposals = {
  roomIds: readonly string[]
  words: readonly string[]
  upTo: Position
  limit: number
}

/** Newest texts that are looked at one by one before the index is asked. */
const walkedMax = 3000
/** Of the last window, how many times wider the next one may be: how much is in it is not known. */
const wideningMax = 16

/**
 * Events that may hold the words, the newest first, in batches, until nobody wants more of them. What is in many texts is soon found by going
 * through the newest, and its list in the index is long; what is not among them has a short list, which the index gives as a whole.
 */
export async function* proposeEvents(db: Database, wanted: Proposals): AsyncGenerator<Proposal[]> {
  const grams = gramsAsked(wanted.roomIds, wanted.words)
  if ((grams[0]?.length ?? 0) === 0) return
  const asked = { roomIds: wanted.roomIds, grams: grams.map((hashes) => `{${hashes.join()}}`) }
  let { upTo, limit } = wanted
  let walked = 0
  // A position is given to one event at most, so this is no more than is to be walked.
  let width = walkedMax
  while (walked < walkedMax && upTo > 0 && limit > 0) {
    const after = Math.max(0, upTo - width)
    const window = await walk(db, asked, { after, upTo, limit })
    yield window.proposals
    limit -= window.proposals.length
    walked += window.walked
    upTo = after
    const share = window.walked / width
    width = Math.ceil(width * Math.min(wideningMax, (walkedMax - walked) / Math.max(1, share * width)))
  }
  if (upTo > 0 && limit > 0) yield await lookUp(db, asked, { upTo, limit })
}

type Asked = { roomIds: readonly string[]; grams: readonly string[] }

async function walk(
  db: Database,
  { roomIds, grams }: Asked,
  { after, upTo, limit }: { after: Position; upTo: Position; limit: number },
): Promise<{ walked: number; proposals: Proposal[] }> {
  const rows = await db.rows<Proposal & { walked: number }>(sql`
    with walked as materialized (
      select entry.room_id, entry.position, entry.event_id, entry.grams @> asked.grams::int[] as fits
      from unnest(${roomIds}::text[], ${grams}::text[]) as asked (room_id, grams)
      cross join lateral (
        select * from search.entry where entry.room_id = asked.room_id and position > ${after} and position <= ${upTo} offset 0
      ) as entry
    ), fitting as (
      select room_id, position, event_id from walked where fits order by position desc limit ${limit}
    )
    select total.walked, room_id as "roomId", position, event_id as "eventId"
    from (select count(*)::int as walked from walked) as total left join fitting on true
    order by position desc`)
  return { walked: rows[0]?.walked ?? 0, proposals: rows.filter(({ roomId }) => roomId !== null) }
}

/** One look for each room, which `offset 0` insists on: PostgreSQL does not know how short the lists of a single room are. */
async function lookUp(
  db: Database,
  { roomIds, grams }: Asked,
  { upTo, limit }: { upTo: Position; limit: number },
): Promise<Proposal[]> {
  return db.rows<Proposal>(sql`
    select entry.room_id as "roomId", entry.position, entry.event_id as "eventId"
    from unnest(${roomIds}::text[], ${grams}::text[]) as asked (room_id, grams)
    cross join lateral (
      select room_id, position, event_id from search.entry
      where entry.grams @> asked.grams::int[] and entry.position <= ${upTo} offset 0
    ) as entry
    where entry.room_id = asked.room_id
    order by entry.position desc limit ${limit}`)
}
