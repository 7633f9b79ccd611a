import Type from 'typebox'
import { callerOf } from '../../../platform/http/access.ts'
import type { App } from '../../../platform/http/http.ts'
import { refuseHttp } from '../../../platform/http/refusals.ts'
import { describeRoom } from '../operations/describe-room.ts'
import type { RoomReads } from '../operations/reads.ts'
import type { RoomActions } from '../operations/room-actions.ts'
import { type SpaceCursor, type SpaceWalk, spaceLimits } from '../operations/walk-space.ts'
import { limitOf, RoomParams, roomPathV1, Whole } from './paths.ts'

const pageLimit = { fallback: 50, max: 100 }

const HierarchyQuery = Type.Object({
  suggested_only: Type.Optional(Type.Union([Type.Literal('true'), Type.Literal('false')])),
  limit: Type.Optional(Whole),
  max_depth: Type.Optional(Whole),
  from: Type.Optional(Type.String()),
})

/** Finding rooms that one is not in. https://spec.matrix.org/v1.19/client-server-api/#discovering-rooms-within-spaces */
export function spaceRoutes(app: App, reads: RoomReads, actions: RoomActions): void {
  app.get(
    `${roomPathV1}/hierarchy`,
    {
      config: { access: 'user', limit: 'rooms-directory' },
      schema: { params: RoomParams, querystring: HierarchyQuery },
    },
    async (request) => {
      const { suggested_only: suggested, limit, max_depth: depth, from } = request.query
      const size = limitOf(limit, pageLimit)
      if (size === 0) throw refuseHttp('http.parameter_invalid', 'limit must be greater than zero')
      const tree = {
        roomId: request.params.roomId,
        suggestedOnly: suggested === 'true',
        depthMax: limitOf(depth, { fallback: spaceLimits.depth, max: spaceLimits.depth }),
      }
      const after = from === undefined || from === '' ? undefined : cursorIn(from, tree)
      const { userId } = callerOf(request)
      const { rooms, next } = await reads.walkSpace({ ...tree, userId, limit: size, after })
      return { rooms, ...(next && { next_batch: formatCursor(next, tree) }) }
    },
  )

  app.get(
    '/_matrix/client/v1/room_summary/:roomIdOrAlias',
    {
      config: { access: 'optional', limit: 'rooms-directory' },
      schema: { params: Type.Object({ roomIdOrAlias: Type.String() }) },
    },
    async (request) => {
      const { caller } = request
      const roomId = await actions.resolve(request.params.roomIdOrAlias, caller?.applicationService)
      const state = await reads.findOpen(roomId, caller?.userId)
      return {
        ...describeRoom(state),
        ...(caller && { membership: state.membership(caller.userId) ?? 'leave' }),
      }
    },
  )
}

type Tree = Pick<SpaceWalk, 'roomId' | 'suggestedOnly' | 'depthMax'>

/** `s` (suggested rooms) or `a` (all), depth, number of rooms given, and the last of them in base64url. */
function formatCursor({ roomId, count }: SpaceCursor, { suggestedOnly, depthMax }: Tree): string {
  return `${suggestedOnly ? 's' : 'a'}${depthMax}.${count}.${Buffer.from(roomId).toString('base64url')}`
}

function cursorIn(token: string, tree: Tree): SpaceCursor {
  const groups = /^(?<which>[as])(?<depth>\d{1,2})\.(?<count>\d{1,4})\.(?<room>[\w-]{1,400})$/.exec(
    token,
  )?.groups
  if (!groups) throw refuseHttp('http.parameter_invalid', 'from is not a token of this server')
  if (groups['which'] !== (tree.suggestedOnly ? 's' : 'a') || Number(groups['depth']) !== tree.depthMax)
    throw refuseHttp('http.parameter_invalid', 'suggested_only and max_depth stay the same from page to page')
  return {
    roomId: Buffer.from(groups['room'] ?? '', 'base64url').toString(),
    count: Number(groups['count']),
  }
}
