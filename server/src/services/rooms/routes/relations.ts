import Type, { type Static } from 'typebox'
import { type Caller, callerOf } from '../../../platform/http/access.ts'
import type { App } from '../../../platform/http/http.ts'
import { formatToken } from '../../../platform/stream/token.ts'
import type { Rooms } from '../api.ts'
import type { RoomReads } from '../operations/reads.ts'
import { viewerOf, visibleEvent } from './events.ts'
import { Direction, limitOf, positionIn, roomPathV1, Whole } from './paths.ts'

const relationsLimit = { fallback: 20, max: 500 }
const recursionDepth = 3

const Params = Type.Object({
  roomId: Type.String(),
  eventId: Type.String(),
  relType: Type.Optional(Type.String()),
  eventType: Type.Optional(Type.String()),
})
const Query = Type.Object({
  from: Type.Optional(Type.String()),
  to: Type.Optional(Type.String()),
  limit: Type.Optional(Whole),
  dir: Type.Optional(Direction),
  recurse: Type.Optional(Type.Union([Type.Literal('true'), Type.Literal('false')])),
})

/** The children of an event. https://spec.matrix.org/v1.19/client-server-api/#relationships-api */
export function relationRoutes(app: App, rooms: Rooms, reads: RoomReads): void {
  const path = `${roomPathV1}/relations/:eventId`
  for (const url of [path, `${path}/:relType`, `${path}/:relType/:eventType`]) {
    app.get(
      url,
      { config: { access: 'user' }, schema: { params: Params, querystring: Query } },
      async (request) => children(rooms, reads, callerOf(request), request.params, request.query),
    )
  }
}

async function children(
  rooms: Rooms,
  reads: RoomReads,
  caller: Caller,
  { roomId, eventId, relType, eventType }: Static<typeof Params>,
  { from, to, limit, dir = 'b', recurse }: Static<typeof Query>,
) {
  const viewer = viewerOf(caller)
  const parent = await visibleEvent(rooms, viewer, roomId, eventId)
  const { perspective } = await reads.viewpointOf(caller.userId, roomId)
  const depthMax = recurse === 'true' ? recursionDepth : 1
  const { events, end } = await reads.readRelations({
    roomId,
    parentId: parent.eventId,
    perspective,
    relationType: relType,
    eventType,
    direction: dir === 'b' ? 'backwards' : 'forwards',
    from: positionIn('from', from),
    to: positionIn('to', to),
    limit: Math.max(1, limitOf(limit, relationsLimit)),
    depthMax,
  })
  return {
    chunk: await rooms.present(events, viewer, { withRoomId: true, bundle: true }),
    ...(end === undefined ? {} : { next_batch: formatToken({ position: end }) }),
    ...(from === undefined ? {} : { prev_batch: from }),
    ...(recurse === undefined ? {} : { recursion_depth: depthMax }),
  }
}
