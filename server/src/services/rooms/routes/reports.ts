import Type from 'typebox'
import { callerOf } from '../../../platform/http/access.ts'
import type { App } from '../../../platform/http/http.ts'
import type { RoomActions } from '../operations/room-actions.ts'
import { EventParams, RoomParams, roomPath } from './paths.ts'

const Reason = Type.String({ maxLength: 5000 })
const ReasonBody = Type.Object({ reason: Reason })
const asUser = { access: 'user', limit: 'rooms-report' } as const

/** https://spec.matrix.org/v1.19/client-server-api/#reporting-content */
export function reportRoutes(app: App, actions: RoomActions): void {
  app.post(
    `${roomPath}/report/:eventId`,
    { config: asUser, schema: { params: EventParams, body: Type.Object({ reason: Type.Optional(Reason) }) } },
    async (request) => {
      const { roomId, eventId } = request.params
      const { reason = '' } = request.body
      await actions.report(callerOf(request).userId, { reported: { kind: 'event', roomId, eventId }, reason })
      return {}
    },
  )

  app.post(
    `${roomPath}/report`,
    { config: asUser, schema: { params: RoomParams, body: ReasonBody } },
    async (request) => {
      const reported = { kind: 'room', roomId: request.params.roomId } as const
      await actions.report(callerOf(request).userId, { reported, reason: request.body.reason })
      return {}
    },
  )

  app.post(
    '/_matrix/client/v3/users/:userId/report',
    { config: asUser, schema: { params: Type.Object({ userId: Type.String() }), body: ReasonBody } },
    async (request) => {
      const reported = { kind: 'person', userId: request.params.userId } as const
      await actions.report(callerOf(request).userId, { reported, reason: request.body.reason })
      return {}
    },
  )
}
