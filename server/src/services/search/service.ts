import type { Database } from '../../platform/db/database.ts'
import { sql } from '../../platform/db/sql.ts'
import type { Jobs } from '../../platform/jobs.ts'
import type { JsonObject } from '../../platform/json.ts'
import type { Position, Stream } from '../../platform/stream/stream.ts'
import type { AccountData } from '../account-data/api.ts'
import type { Rooms, TimelineEvent, Viewer } from '../rooms/api.ts'
import { type ContextWanted, contextOf } from './operations/context.ts'
import { indexEvents } from './operations/index-events.ts'
import { type SearchAnswer, type SearchQuestion, searchMessages } from './operations/search-messages.ts'

export type SearchDeps = {
  db: Database
  stream: Stream
  jobs: Pick<Jobs, 'repeat'>
  rooms: Rooms
  accountData: Pick<AccountData, 'ignoredUsers'>
}

export type Search = {
  /** Everything acknowledged by now lies at or below it, and is indexed when this resolves, unless the index is being built anew. */
  upToDate(): Promise<Position>
  messages(question: SearchQuestion): Promise<SearchAnswer>
  /** Events that are no more are not to be found. */
  forget(roomId: string, positions: readonly number[]): Promise<void>
  contextOf(
    viewer: Viewer,
    event: TimelineEvent,
    options: { wanted: ContextWanted; upTo: Position },
  ): Promise<JsonObject>
  present(events: readonly TimelineEvent[], viewer: Viewer): Promise<JsonObject[]>
  /** The state of a room as the person knows it: now, or as it was when they left. */
  stateOf(roomId: string, viewer: Viewer): Promise<JsonObject[]>
}

const indexEveryMs = 5000
/** Positions that a search waits for: a few seconds' worth. While the index is built anew, it is asked as it is. */
const waitedForMax = 10_000

export function createSearch(deps: SearchDeps): Search {
  const { rooms, stream } = deps
  deps.jobs.repeat('search.index', indexEveryMs, () => indexEvents(deps))
  return {
    async upToDate() {
      const head = await stream.head()
      await indexEvents(deps, { behindMax: waitedForMax })
      return head
    },
    messages: (question) => searchMessages(deps, question),
    async forget(roomId, positions) {
      await deps.db.run(sql`
        delete from search.entry where room_id = ${roomId} and position = any(${positions})`)
    },
    contextOf: (viewer, event, options) => contextOf(deps, viewer, event, options),
    present: (events, viewer) => rooms.present(events, viewer, { withRoomId: true, bundle: true }),
    async stateOf(roomId, viewer) {
      const own = (await rooms.membershipsOf(viewer.userId)).get(roomId)
      const now = own?.membership === 'join'
      const state = now ? await rooms.state(roomId) : undefined
      const events = state ? [...state.events()] : await rooms.stateAt(roomId, own?.position ?? 0)
      return rooms.present(events, viewer, { withRoomId: true })
    },
  }
}
