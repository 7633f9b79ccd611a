import Type from 'typebox'
import { callerOf } from '../../../platform/http/access.ts'
import type { App } from '../../../platform/http/http.ts'
import { refuseHttp } from '../../../platform/http/refusals.ts'
import { describeRoom } from '../operations/describe-room.ts'
import type { ListedRoom } from '../operations/list-rooms.ts'
import type { Report, ReportCursor } from '../operations/reports.ts'
import type { RoomActions } from '../operations/room-actions.ts'
import { refuse } from '../refusals.ts'
import type { RoomsService } from '../service.ts'
import { EventParams, limitOf, RoomParams, Whole } from './paths.ts'

const base = '/api/rooms/v1/admin'
const pageLimit = { fallback: 100, max: 500 }
const membersMax = 1000

const asAdministrator = { access: 'administrator' } as const
const Page = { from: Type.Optional(Type.String({ maxLength: 500 })), limit: Type.Optional(Whole) }
const ReportsQuery = Type.Object({
  state: Type.Optional(Type.Union([Type.Literal('open'), Type.Literal('resolved')])),
  ...Page,
})
const RoomsQuery = Type.Object({ search: Type.Optional(Type.String({ maxLength: 255 })), ...Page })
const ReportParams = Type.Object({ reportId: Type.String() })
const ResolveBody = Type.Object({ resolution: Type.String({ maxLength: 5000 }) })
const RedactBody = Type.Object({ reason: Type.Optional(Type.String()) })

const NoticeParams = Type.Object({ noticeId: Type.String({ minLength: 1, maxLength: 200 }) })
const NoticeBody = Type.Object({
  user_id: Type.String({ maxLength: 255 }),
  body: Type.String({ minLength: 1, maxLength: 10_000 }),
  notice_type: Type.Optional(Type.String({ maxLength: 255 })),
  admin_contact: Type.Optional(Type.String({ maxLength: 1000 })),
  limit_type: Type.Optional(Type.String({ maxLength: 255 })),
  pinned: Type.Optional(Type.Boolean()),
})

/** Reports and rooms as this server's administrators see and change them; every request may be repeated. */
export function roomAdministrationRoutes(app: App, rooms: RoomsService, actions: RoomActions): void {
  moderationQueue(app, actions)
  roomRoutes(app, rooms, actions)
  noticeRoutes(app, actions)
}

function moderationQueue(app: App, actions: RoomActions): void {
  app.get(
    `${base}/reports`,
    { config: asAdministrator, schema: { querystring: ReportsQuery } },
    async (request) => {
      const { state = 'open', from, limit } = request.query
      const size = Math.max(1, limitOf(limit, pageLimit))
      const after = from === undefined ? undefined : cursorIn(from)
      const found = await actions.reports({ open: state === 'open', after, limit: size + 1 })
      const last = found[size - 1]
      return {
        reports: found.slice(0, size).map(reportView),
        ...(found.length > size && last && { next: `${last.reportedAtMs}.${last.reportId}` }),
      }
    },
  )

  app.post(
    `${base}/reports/:reportId/resolve`,
    { config: asAdministrator, schema: { params: ReportParams, body: ResolveBody } },
    async (request) => {
      const { reportId } = request.params
      const { resolution } = request.body
      return reportView(
        await actions.resolveReport({ reportId, moderator: callerOf(request).userId, resolution }),
      )
    },
  )
}

function roomRoutes(app: App, rooms: RoomsService, actions: RoomActions): void {
  app.get(
    `${base}/rooms`,
    { config: asAdministrator, schema: { querystring: RoomsQuery } },
    async (request) => {
      const { search = '', from = '', limit } = request.query
      const size = Math.max(1, limitOf(limit, pageLimit))
      const found = await actions.rooms({ search, after: from, limit: size + 1 })
      const last = found[size - 1]
      return {
        rooms: found.slice(0, size).map(roomView),
        ...(found.length > size && last && { next: last.roomId }),
      }
    },
  )

  app.get(
    `${base}/rooms/:roomId`,
    { config: asAdministrator, schema: { params: RoomParams } },
    async (request) => {
      const { roomId } = request.params
      const state = await rooms.state(roomId)
      if (!state) throw refuse('rooms.room_unknown')
      return {
        ...describeRoom(state),
        published: await actions.isPublished(roomId),
        aliases: await actions.aliasesOf(roomId),
        joined: [...state.members('join')].sort().slice(0, membersMax),
      }
    },
  )

  app.delete(
    `${base}/rooms/:roomId/published`,
    { config: asAdministrator, schema: { params: RoomParams } },
    async (request) => {
      await actions.unpublish(request.params.roomId)
      return {}
    },
  )

  const member = Type.Object({ roomId: Type.String(), userId: Type.String() })
  app.delete(
    `${base}/rooms/:roomId/members/:userId`,
    { config: asAdministrator, schema: { params: member } },
    async (request) => {
      const { roomId, userId } = request.params
      await actions.leave({ roomId, sender: userId })
      return {}
    },
  )

  app.post(
    `${base}/rooms/:roomId/redact/:eventId`,
    { config: asAdministrator, schema: { params: EventParams, body: RedactBody } },
    async (request) => {
      const { roomId, eventId } = request.params
      await actions.redact({ roomId, eventId, reason: request.body.reason })
      return {}
    },
  )
}

/** https://spec.matrix.org/v1.19/client-server-api/#server-notices */
function noticeRoutes(app: App, actions: RoomActions): void {
  app.put(
    `${base}/notices/:noticeId`,
    { config: asAdministrator, schema: { params: NoticeParams, body: NoticeBody } },
    async (request) => {
      const { user_id: userId, body, notice_type: type = 'org.dure.notice', pinned = false } = request.body
      const { admin_contact: adminContact, limit_type: limitType } = request.body
      const { noticeId } = request.params
      const notice = { noticeId, userId, body, type, adminContact, limitType, pinned }
      const { roomId, eventId } = await actions.notify(notice)
      return { room_id: roomId, event_id: eventId }
    },
  )
}

function cursorIn(token: string): ReportCursor {
  const groups = /^(?<at>\d{1,16})\.(?<id>\w{1,64})$/.exec(token)?.groups
  if (!groups) throw refuseHttp('http.parameter_invalid', 'from is not a token of this list')
  return { reportedAtMs: Number(groups['at']), reportId: groups['id'] ?? '' }
}

function reportView(report: Report) {
  const { resolvedAtMs, resolvedBy, resolution } = report
  return {
    report_id: report.reportId,
    kind: report.kind,
    reporter: report.reporter,
    ...(report.roomId !== '' && { room_id: report.roomId }),
    ...(report.eventId !== '' && { event_id: report.eventId }),
    ...(report.userId !== '' && { user_id: report.userId }),
    reason: report.reason,
    reported_at_ms: report.reportedAtMs,
    ...(resolvedAtMs !== null && { resolved_at_ms: resolvedAtMs, resolved_by: resolvedBy, resolution }),
  }
}

function roomView(room: ListedRoom) {
  return {
    room_id: room.roomId,
    version: room.version,
    creator: room.creator,
    created_at_ms: room.createdAtMs,
    joined_members: room.joinedMembers,
    published: room.published,
  }
}
