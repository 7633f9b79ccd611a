import type { Database } from '../../../platform/db/database.ts'
import { nothing, sql } from '../../../platform/db/sql.ts'
import type { EventMatcher } from '../../../platform/filters/event-filter.ts'
import { fold } from '../../../platform/folded-text.ts'
import type { Position } from '../../../platform/stream/stream.ts'
import type { AccountData } from '../../account-data/api.ts'
import type { MembershipEntry, Rooms, TimelineEvent } from '../../rooms/api.ts'
import { gramsAsked, wordsAsked, wordsOf } from '../grams.ts'
import { type SearchKey, searchedText } from '../searched-text.ts'

export type SearchDeps = {
  db: Database
  rooms: Pick<Rooms, 'membershipsOf' | 'state' | 'events' | 'visibleTo'>
  accountData: Pick<AccountData, 'ignoredUsers'>
}

export type SearchQuestion = {
  userId: string
  term: string
  keys: readonly SearchKey[]
  matcher: EventMatcher
  order: 'recent' | 'rank'
  /** Nothing newer is looked at, so that pages of one search fit together. */
  upTo: Position
  /** How many results were given before. */
  skip: number
  limit: number
}

export type SearchResult = { event: TimelineEvent; rank: number }
export type SearchAnswer = {
  results: SearchResult[]
  /** Among the newest candidates; those that the search did not get to are counted as found. */
  count: number
  more: boolean
  words: string[]
}

const candidatesMax = 1000
/** Candidates looked at together. */
const chunkSize = 100
const roomsMax = 2000
/** Pairs of a question that the index is asked for; the others only judge what it gives. */
const lookedUpMax = 6

/**
 * What holds all words of the question, in the rooms that the person is or was in and as far as they may see it.
 * https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3search
 */
export async function searchMessages(deps: SearchDeps, question: SearchQuestion): Promise<SearchAnswer> {
  const { order, skip, limit } = question
  const words = wordsAsked(question.term)
  const roomIds = await searchedRooms(deps, question)
  const candidates = await findCandidates(deps.db, roomIds, words, question.upTo)
  // The newest are looked at until the page is full; what fits best is known only when all have been.
  const chunk = order === 'recent' ? chunkSize : candidatesMax
  const found: SearchResult[] = []
  let at = 0
  for (; at < candidates.length && found.length <= skip + limit; at += chunk)
    found.push(...(await judge(deps, question, candidates.slice(at, at + chunk), words)))
  return {
    results: found.slice(skip, skip + limit),
    count: found.length + Math.max(0, candidates.length - at),
    more: found.length > skip + limit,
    words,
  }
}

/** Those of the candidates that are what is asked for and may be seen, in the order asked for. */
async function judge(
  { rooms, accountData }: SearchDeps,
  { userId, matcher, keys, order }: SearchQuestion,
  candidates: readonly Candidate[],
  words: readonly string[],
): Promise<SearchResult[]> {
  const ignored = await accountData.ignoredUsers(userId)
  const found: SearchResult[] = []
  for (const [roomId, ofRoom] of Map.groupBy(candidates, (candidate) => candidate.roomId)) {
    const eventIds = ofRoom.map(({ eventId }) => eventId)
    const events = await rooms.events(roomId, eventIds)
    for (const event of await rooms.visibleTo(userId, roomId, events)) {
      if (ignored.has(event.sender) || !matcher.matches(event)) continue
      const rank = rankOf(fold(searchedText(event, keys)), words)
      if (rank > 0) found.push({ event, rank })
    }
  }
  return found.sort((one, other) => {
    const byRank = order === 'rank' ? other.rank - one.rank : 0
    return byRank || other.event.position - one.event.position
  })
}

/** Rooms that the person is or was in and has not forgotten, the unencrypted ones that the filter lets through. */
async function searchedRooms({ rooms }: SearchDeps, { userId, matcher }: SearchQuestion): Promise<string[]> {
  if (matcher.nothing) return []
  const memberships = [...(await rooms.membershipsOf(userId)).values()]
    .filter((entry) => hasBeenIn(entry) && matcher.room(entry.roomId))
    .sort((one, other) => other.position - one.position)
    .slice(0, roomsMax)
  const states = await Promise.all(memberships.map(({ roomId }) => rooms.state(roomId)))
  return states.flatMap((state) => (state && !state.event('m.room.encryption', '') ? [state.roomId] : []))
}

function hasBeenIn({ membership, forgotten }: MembershipEntry): boolean {
  return !forgotten && (membership === 'join' || membership === 'leave' || membership === 'ban')
}

type Candidate = { roomId: string; position: Position; eventId: string }

/** The newest events that may hold the words. */
async function findCandidates(
  db: Database,
  roomIds: readonly string[],
  words: readonly string[],
  upTo: Position,
): Promise<Candidate[]> {
  const asked = roomIds.map((roomId) => ({ roomId, grams: gramsAsked(roomId, words) }))
  if (asked.length === 0 || asked[0]?.grams.length === 0) return []
  // For each of the first pairs its hashes in all rooms: PostgreSQL sees from them that the index is the way to go, and
  // intersects what it finds there before anything else.
  const depth = Math.min(lookedUpMax, ...asked.map(({ grams }) => grams.length))
  const lookUps = Array.from({ length: depth }, (_, at) => asked.map(({ grams }) => grams[at] ?? 0))
  return db.rows<Candidate>(sql`
    with found as materialized (
      select document.room_id, document.position, document.event_id
      from unnest(${roomIds}::text[], ${asked.map(({ grams }) => `{${grams.join()}}`)}::text[]) as asked (room_id, grams)
      join search.document on document.grams @> asked.grams::int[] and document.room_id = asked.room_id
        and document.position <= ${upTo}
      where true ${lookUps.reduce((before, hashes) => sql`${before} and document.grams && ${hashes}::int[]`, nothing)}
    )
    select room_id as "roomId", position, event_id as "eventId" from found
    order by position desc limit ${candidatesMax}`)
}

/** Zero unless all words are there; whole words count twice, and words among few others more than among many. */
function rankOf(folded: string, words: readonly string[]): number {
  if (!words.every((word) => folded.includes(word))) return 0
  const all = wordsOf(folded)
  const asked = new Set(words)
  let weight = words.length
  for (const word of all) if (asked.has(word)) weight += 1
  return weight / Math.log2(2 + all.length)
}
