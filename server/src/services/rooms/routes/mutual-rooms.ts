import Type from 'typebox'
import { callerOf } from '../../../platform/http/access.ts'
import type { App } from '../../../platform/http/http.ts'
import { refuseHttp } from '../../../platform/http/refusals.ts'
import type { RoomReads } from '../operations/reads.ts'

/** Rooms of a page, which the server chooses by itself. */
const mutualPage = 500

const MutualQuery = Type.Object({ user_id: Type.String(), from: Type.Optional(Type.String()) })

/** https://spec.matrix.org/v1.19/client-server-api/#mutual-rooms */
export function mutualRoomRoutes(app: App, reads: RoomReads): void {
  app.get(
    '/_matrix/client/v1/mutual_rooms',
    { config: { access: 'user', limit: 'rooms-directory' }, schema: { querystring: MutualQuery } },
    async (request) => {
      const { user_id: otherId, from } = request.query
      const after = from === undefined ? undefined : roomIdIn(from)
      const { userId } = callerOf(request)
      const { roomIds, count, more } = await reads.mutualRooms({ userId, otherId, after, limit: mutualPage })
      const last = roomIds.at(-1)
      return {
        joined: roomIds,
        count,
        ...(more && last !== undefined && { next_batch: Buffer.from(last).toString('base64url') }),
      }
    },
  )
}

function roomIdIn(token: string): string {
  const roomId = Buffer.from(token, 'base64url').toString()
  if (!roomId.startsWith('!'))
    throw refuseHttp('http.parameter_invalid', 'from is not a token of this server')
  return roomId
}
