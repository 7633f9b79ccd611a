import Type from 'typebox'
import { callerOf } from '../../../platform/http/access.ts'
import type { App } from '../../../platform/http/http.ts'
import { refuseHttp } from '../../../platform/http/refusals.ts'
import { isJsonObject } from '../../../platform/json.ts'
import { formatToken } from '../../../platform/stream/token.ts'
import type { AccountData } from '../../account-data/api.ts'
import type { ClientEvent } from '../api.ts'
import { redactJson } from '../protocol/redact-event.ts'
import { defaultRoomVersion, roomVersion } from '../protocol/room-versions.ts'
import type { RoomsService } from '../service.ts'
import { viewerOf } from './events.ts'
import { limitOf, positionIn, RoomParams, roomPathV1, Whole } from './paths.ts'

const threadsLimit = { fallback: 20, max: 100 }
const Query = Type.Object({
  include: Type.Optional(Type.Union([Type.Literal('all'), Type.Literal('participated')])),
  limit: Type.Optional(Whole),
  from: Type.Optional(Type.String()),
})

/** https://spec.matrix.org/v1.19/client-server-api/#querying-threads-in-a-room */
export function threadRoutes(
  app: App,
  rooms: RoomsService,
  accountData: Pick<AccountData, 'ignoredUsers'>,
): void {
  app.get(
    `${roomPathV1}/threads`,
    { config: { access: 'user' }, schema: { params: RoomParams, querystring: Query } },
    async (request) => {
      const { roomId } = request.params
      const { include, limit, from } = request.query
      const viewer = viewerOf(callerOf(request))
      const size = limitOf(limit, threadsLimit)
      if (size === 0) throw refuseHttp('http.parameter_invalid', 'limit must be greater than zero')
      const [{ perspective }, ignored] = await Promise.all([
        rooms.reads.viewpointOf(viewer.userId, roomId),
        accountData.ignoredUsers(viewer.userId),
      ])
      const { roots, end } = await rooms.reads.listThreads({
        roomId,
        perspective,
        ignored,
        participated: include === 'participated',
        from: positionIn('from', from),
        limit: size,
      })
      const shown = await rooms.present(roots, viewer, { withRoomId: true, bundle: true })
      const version = roomVersion((await rooms.state(roomId))?.version ?? '') ?? defaultRoomVersion
      return {
        chunk: shown.map((event, index) =>
          ignored.has(roots[index]?.sender ?? '') ? withoutContent(event) : event,
        ),
        ...(end === undefined ? {} : { next_batch: formatToken({ position: end }) }),
      }

      function withoutContent(event: ClientEvent): ClientEvent {
        const { content } = redactJson(version, event)
        return { ...event, content: isJsonObject(content) ? content : {} }
      }
    },
  )
}
