import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { Position, Stream } from '../../../platform/stream/stream.ts'
import type { AccountData } from '../../account-data/api.ts'
import type { TimelineEvent } from '../api.ts'
import { refuse } from '../refusals.ts'
import type { Perspective } from '../state/perspective.ts'
import type { StateSnapshot } from '../state/room-state.ts'
import type { States } from '../state/states.ts'
import { isOpenTo, isOpenToAll } from './describe-room.ts'
import { findByTime } from './find-by-time.ts'
import { listThreads, type ThreadsPage, type ThreadsRequest } from './list-threads.ts'
import { joinedRooms } from './memberships.ts'
import { type MutualRoomsPage, type MutualRoomsRequest, mutualRooms } from './mutual-rooms.ts'
import { isHeard, type MessagesPage, type MessagesRequest, readMessages } from './read-messages.ts'
import { type RelationsPage, type RelationsRequest, readRelations } from './read-relations.ts'
import { type Viewpoint, viewpointOf } from './viewpoint.ts'
import { type SpacePage, type SpaceWalk, walkSpace } from './walk-space.ts'

/** What this service's routes read beyond the interface that other services see. */
export type RoomReads = {
  /** Refuses with `rooms.forbidden` whoever is not in the room and never was. */
  viewpointOf(userId: string, roomId: string): Promise<Viewpoint>
  /** Everything acknowledged in the room so far lies at or below it. */
  headPosition(roomId: string): Promise<Position>
  /** Without what people sent whom the viewer ignores. */
  readMessages(request: Omit<MessagesRequest, 'ignored'>): Promise<MessagesPage>
  /** Without what people sent whom the viewer ignores. */
  readRelations(request: Omit<RelationsRequest, 'ignored'>): Promise<RelationsPage>
  /** False for what somebody sent whom the person ignores; state is heard whoever sent it. */
  hears(userId: string, event: TimelineEvent): Promise<boolean>
  findByTime(request: Parameters<typeof findByTime>[1]): Promise<TimelineEvent>
  listThreads(request: ThreadsRequest): Promise<ThreadsPage>
  mutualRooms(request: MutualRoomsRequest): Promise<MutualRoomsPage>
  walkSpace(walk: SpaceWalk): Promise<SpacePage>
  /** The room as it is now, if the person - or, without one, everybody - may know of it. Throws `rooms.room_unknown`. */
  findOpen(roomId: string, userId: string | undefined): Promise<StateSnapshot>
}

export type ReadsDeps = {
  db: Database
  stream: Stream
  states: States
  accountData: Pick<AccountData, 'ignoredUsers'>
}

export function createReads(deps: ReadsDeps): RoomReads {
  const { db, stream, states, accountData } = deps
  const ignoredBy = ({ userId }: Perspective) => accountData.ignoredUsers(userId)
  return {
    viewpointOf: (userId, roomId) => viewpointOf(db, userId, roomId),
    async headPosition(roomId) {
      const [row] = await db.rows<{ position: Position }>(
        sql`select position from rooms.room where room_id = ${roomId}`,
      )
      return Math.max(stream.position(), row?.position ?? 0)
    },
    async readMessages(request) {
      return readMessages(db, { ...request, ignored: await ignoredBy(request.perspective) })
    },
    async readRelations(request) {
      return readRelations(db, { ...request, ignored: await ignoredBy(request.perspective) })
    },
    hears: async (userId, event) => isHeard(event, await accountData.ignoredUsers(userId)),
    findByTime: (request) => findByTime(db, request),
    listThreads: (request) => listThreads(db, request),
    mutualRooms: (request) => mutualRooms(db, request),
    walkSpace: (walk) => walkSpace(deps, walk),
    async findOpen(roomId, userId) {
      const state = await states.get(roomId)
      if (!state) throw refuse('rooms.room_unknown')
      const isOpen =
        userId === undefined ? isOpenToAll(state) : isOpenTo(state, userId, await joinedRooms(db, userId))
      if (!isOpen) throw refuse('rooms.room_unknown')
      return state
    },
  }
}
