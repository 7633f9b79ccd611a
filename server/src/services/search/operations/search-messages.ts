import type { Database } from '../../../platform/db/database.ts'
import type { EventMatcher } from '../../../platform/filters/event-filter.ts'
import { fold } from '../../../platform/folded-text.ts'
import type { Position } from '../../../platform/stream/stream.ts'
import type { AccountData } from '../../account-data/api.ts'
import type { MembershipEntry, Rooms, TimelineEvent } from '../../rooms/api.ts'
import { wordsAsked, wordsOf } from '../grams.ts'
import { type SearchKey, searchedText } from '../searched-text.ts'
import { type Proposal, proposeEvents } from './propose-events.ts'

export type SearchDeps = {
  db: Database
  rooms: Pick<Rooms, 'membershipsOf' | 'visibleEvents'>
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
  /** About how many there are among the newest: proposals that the search did not get to are counted, and it goes no further back than it has to. */
  count: number
  more: boolean
  words: string[]
}

/** How far back a search goes: so many of the newest events that may hold the words. */
const proposalsMax = 1000
/** Proposals judged together, while the newest are asked for. */
const judgedAtOnce = 100
/** The best are chosen among so many at most, and so many at least if there are as many. */
const rankedMax = 500
const rankedMin = 30
const roomsMax = 2000

/**
 * What holds all words of the question, in the rooms that the person is or was in and as far as they may see it.
 * https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3search
 */
export async function searchMessages(deps: SearchDeps, question: SearchQuestion): Promise<SearchAnswer> {
  const { order, skip, limit, upTo } = question
  const words = wordsAsked(question.term)
  const roomIds = await searchedRooms(deps, question)
  // The newest are looked for until the page is full; the best are chosen among the same ones for every page.
  const enough = order === 'recent' ? skip + limit + 1 : rankedMin
  const found: SearchResult[] = []
  const most = order === 'recent' ? proposalsMax : rankedMax
  let waiting: Proposal[] = []
  for await (const proposals of proposeEvents(deps.db, { roomIds, words, upTo, limit: most })) {
    waiting = proposals
    while (waiting.length > 0 && found.length < enough) {
      const now = waiting.splice(0, order === 'recent' ? judgedAtOnce : rankedMax)
      found.push(...(await judge(deps, question, now, words)))
    }
    if (found.length >= enough) break
  }
  if (order === 'rank') found.sort((one, other) => other.rank - one.rank)
  return {
    results: found.slice(skip, skip + limit),
    count: found.length + waiting.length,
    more: found.length > skip + limit,
    words,
  }
}

/** Those of the proposals that are what is asked for and may be seen, in the order of the proposals. */
async function judge(
  { rooms, accountData }: SearchDeps,
  { userId, matcher, keys }: SearchQuestion,
  proposals: readonly Proposal[],
  words: readonly string[],
): Promise<SearchResult[]> {
  const ignored = await accountData.ignoredUsers(userId)
  const events = await rooms.visibleEvents(userId, proposals)
  return events.flatMap((event) => {
    if (ignored.has(event.sender) || !matcher.matches(event)) return []
    const rank = rankOf(fold(searchedText(event, keys)), words)
    return rank > 0 ? [{ event, rank }] : []
  })
}

/** Rooms that the person is or was in and has not forgotten, those that the filter lets through. */
async function searchedRooms({ rooms }: SearchDeps, { userId, matcher }: SearchQuestion): Promise<string[]> {
  if (matcher.nothing) return []
  return [...(await rooms.membershipsOf(userId)).values()]
    .filter((entry) => hasBeenIn(entry) && matcher.room(entry.roomId))
    .sort((one, other) => other.position - one.position)
    .slice(0, roomsMax)
    .map(({ roomId }) => roomId)
}

function hasBeenIn({ membership, forgotten }: MembershipEntry): boolean {
  return !forgotten && (membership === 'join' || membership === 'leave' || membership === 'ban')
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
