import Type from 'typebox'
import { callerOf } from '../../../platform/http/access.ts'
import type { App } from '../../../platform/http/http.ts'
import { formatToken } from '../../../platform/stream/token.ts'
import type { Rooms, TimelineEvent, Viewer } from '../api.ts'
import type { MessagesPage, MessagesRequest } from '../operations/read-messages.ts'
import type { RoomReads } from '../operations/reads.ts'
import { viewerOf } from './events.ts'
import {
  Direction,
  limitOf,
  positionIn,
  RoomParams,
  roomFilterIn,
  roomPath,
  roomPathV1,
  Whole,
} from './paths.ts'

const messagesLimit = { fallback: 10, max: 1000 }
const MessagesQuery = Type.Object({
  dir: Direction,
  from: Type.Optional(Type.String()),
  to: Type.Optional(Type.String()),
  limit: Type.Optional(Whole),
  filter: Type.Optional(Type.String()),
})

/** Walking through a room's history. */
export function historyRoutes(app: App, rooms: Rooms, reads: RoomReads): void {
  app.get(
    `${roomPath}/messages`,
    { config: { access: 'guest' }, schema: { params: RoomParams, querystring: MessagesQuery } },
    async (request) => {
      const { roomId } = request.params
      const { dir, limit, filter } = request.query
      const viewer = viewerOf(callerOf(request))
      const { perspective } = await reads.viewpointOf(viewer.userId, roomId)
      const { settings, matcher } = roomFilterIn(filter)
      const from =
        positionIn('from', request.query.from) ?? (dir === 'f' ? 0 : await reads.headPosition(roomId))
      const page = await pageOf(reads, {
        roomId,
        perspective,
        direction: dir === 'b' ? 'backwards' : 'forwards',
        from,
        to: positionIn('to', request.query.to),
        limit: Math.min(limitOf(limit, messagesLimit), settings.limit ?? messagesLimit.max),
        matcher,
      })
      const members = settings.lazy_load_members ? await membersFor(rooms, roomId, page) : []
      return present(rooms, viewer, {
        page,
        members,
        start: request.query.from ?? formatToken({ position: from }),
      })
    },
  )

  app.get(
    `${roomPathV1}/timestamp_to_event`,
    {
      config: { access: 'user' },
      schema: { params: RoomParams, querystring: Type.Object({ ts: Whole, dir: Direction }) },
    },
    async (request) => {
      const { ts, dir } = request.query
      const event = await reads.findByTime({
        userId: callerOf(request).userId,
        roomId: request.params.roomId,
        timestampMs: Number(ts),
        direction: dir === 'f' ? 'forwards' : 'backwards',
      })
      return { event_id: event.eventId, origin_server_ts: event.originServerTs }
    },
  )
}

async function pageOf(reads: RoomReads, request: Omit<MessagesRequest, 'ignored'>): Promise<MessagesPage> {
  const { matcher, roomId, limit, from } = request
  if (matcher.nothing || !matcher.room(roomId)) return { events: [], end: undefined }
  if (limit === 0) return { events: [], end: from }
  return reads.readMessages(request)
}

/** The member events of those who sent what is shown. */
async function membersFor(rooms: Rooms, roomId: string, { events }: MessagesPage): Promise<TimelineEvent[]> {
  const newest = Math.max(...events.map(({ position }) => position))
  const senders = [...new Set(events.map(({ sender }) => sender))]
  if (senders.length === 0) return []
  return rooms.stateAt(
    roomId,
    newest,
    senders.map((stateKey) => ({ type: 'm.room.member', stateKey })),
  )
}

async function present(
  rooms: Rooms,
  viewer: Viewer,
  { page, members, start }: { page: MessagesPage; members: TimelineEvent[]; start: string },
) {
  const [chunk, state] = await Promise.all([
    rooms.present(page.events, viewer, { withRoomId: true, bundle: true }),
    rooms.present(members, viewer, { withRoomId: true }),
  ])
  return {
    start,
    chunk,
    ...(page.end === undefined ? {} : { end: formatToken({ position: page.end }) }),
    ...(state.length === 0 ? {} : { state }),
  }
}
