import Type from 'typebox'
import { type Caller, callerOf } from '../../../platform/http/access.ts'
import type { App } from '../../../platform/http/http.ts'
import { refuseHttp } from '../../../platform/http/refusals.ts'
import type { JsonObject } from '../../../platform/json.ts'
import { formatToken } from '../../../platform/stream/token.ts'
import type { EventDraft, Rooms, TimelineEvent, Viewer } from '../api.ts'
import type { MessagesPage } from '../operations/read-messages.ts'
import type { RoomReads } from '../operations/reads.ts'
import { refuse } from '../refusals.ts'
import { withLazyMembers } from './lazy-members.ts'
import { EventParams, limitOf, roomFilterIn, roomPath, TimeQuery, timeIn, Whole } from './paths.ts'

const contextLimit = { fallback: 10, max: 200 }
const SendParams = Type.Object({ roomId: Type.String(), eventType: Type.String(), txnId: Type.String() })
const RedactParams = Type.Object({ roomId: Type.String(), eventId: Type.String(), txnId: Type.String() })
const Content = Type.Unsafe<JsonObject>(Type.Object({}))
const ContextQuery = Type.Object({ limit: Type.Optional(Whole), filter: Type.Optional(Type.String()) })

/** Sending, redacting and reading single events. */
export function eventRoutes(app: App, rooms: Rooms, reads: RoomReads): void {
  app.put(
    `${roomPath}/send/:eventType/:txnId`,
    {
      config: { access: 'guest', limit: 'rooms-send', notSuspended: true },
      schema: { params: SendParams, querystring: TimeQuery, body: Content },
    },
    async (request) => {
      const { roomId, eventType: type, txnId } = request.params
      const caller = callerOf(request)
      const draft = { type, content: request.body, ...timeIn(request.query, caller) }
      return append(rooms, caller, roomId, draft, { txnId, scope: `send/${type}` })
    },
  )

  app.put(
    `${roomPath}/redact/:eventId/:txnId`,
    {
      config: { access: 'user', limit: 'rooms-send' },
      schema: { params: RedactParams, body: Type.Object({ reason: Type.Optional(Type.String()) }) },
    },
    async (request) => {
      const { roomId, eventId, txnId } = request.params
      const caller = callerOf(request)
      // Tidying up after oneself is allowed to those who may do nothing else.
      if (caller.suspended && (await rooms.event(roomId, eventId))?.sender !== caller.userId)
        throw refuseHttp('http.account_suspended')
      const content: JsonObject = request.body.reason === undefined ? {} : { reason: request.body.reason }
      const draft = { type: 'm.room.redaction', content, redacts: eventId }
      return append(rooms, caller, roomId, draft, { txnId, scope: `redact/${eventId}` })
    },
  )

  app.get(
    `${roomPath}/event/:eventId`,
    { config: { access: 'guest' }, schema: { params: EventParams } },
    async (request) => {
      const { roomId, eventId } = request.params
      const viewer = viewerOf(callerOf(request))
      const [shown] = await rooms.present(
        [await heardEvent(rooms, reads, viewer, { roomId, eventId })],
        viewer,
        {
          withRoomId: true,
          bundle: true,
        },
      )
      return shown
    },
  )

  app.get(
    `${roomPath}/context/:eventId`,
    { config: { access: 'guest' }, schema: { params: EventParams, querystring: ContextQuery } },
    async (request) => {
      const { roomId, eventId } = request.params
      const limit = limitOf(request.query.limit, contextLimit)
      return context(rooms, reads, viewerOf(callerOf(request)), {
        roomId,
        eventId,
        limit,
        filter: request.query.filter,
      })
    },
  )
}

async function append(
  rooms: Rooms,
  caller: Caller,
  roomId: string,
  draft: EventDraft,
  { txnId, scope }: { txnId: string; scope: string },
): Promise<{ event_id: string | undefined }> {
  const transaction = { sessionId: caller.sessionId, txnId, scope }
  const { eventIds } = await rooms.append({ roomId, sender: caller.userId, drafts: [draft], transaction })
  return { event_id: eventIds[0] }
}

export function viewerOf({ userId, sessionId }: Caller): Viewer {
  return { userId, sessionId }
}

/** The event, or the same refusal whether it does not exist or may not be seen. */
export async function visibleEvent(
  rooms: Rooms,
  viewer: Viewer,
  roomId: string,
  eventId: string,
): Promise<TimelineEvent> {
  const event = await rooms.event(roomId, eventId)
  const [visible] = event ? await rooms.visibleTo(viewer.userId, roomId, [event]) : []
  if (!visible) throw refuse('rooms.event_unknown')
  return visible
}

/**
 * As `visibleEvent`, but for what somebody sent whom the viewer ignores: no more than in a sync do they receive it here.
 * https://spec.matrix.org/v1.19/client-server-api/#ignoring-users
 */
async function heardEvent(
  rooms: Rooms,
  reads: RoomReads,
  viewer: Viewer,
  { roomId, eventId }: { roomId: string; eventId: string },
): Promise<TimelineEvent> {
  const event = await visibleEvent(rooms, viewer, roomId, eventId)
  if (!(await reads.hears(viewer.userId, event))) throw refuse('rooms.event_unknown')
  return event
}

type ContextRequest = { roomId: string; eventId: string; limit: number; filter: string | undefined }

/** https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3roomsroomidcontexteventid */
async function context(
  rooms: Rooms,
  reads: RoomReads,
  viewer: Viewer,
  { roomId, eventId, limit, filter }: ContextRequest,
) {
  const event = await heardEvent(rooms, reads, viewer, { roomId, eventId })
  const { perspective } = await reads.viewpointOf(viewer.userId, roomId)
  const { settings, matcher } = roomFilterIn(filter)
  const around = { roomId, perspective, to: undefined, matcher }
  const half = Math.floor(limit / 2)
  const none: MessagesPage = { events: [], end: undefined }
  const [before, after] = await Promise.all([
    half === 0
      ? none
      : reads.readMessages({ ...around, direction: 'backwards', from: event.position - 1, limit: half }),
    limit === 0
      ? none
      : reads.readMessages({ ...around, direction: 'forwards', from: event.position, limit: limit - half }),
  ])
  const last = after.events.at(-1) ?? event
  const first = before.events.at(-1) ?? event
  const shown = [event, ...before.events, ...after.events]
  const state = (await rooms.stateAt(roomId, last.position)).filter((stateEvent) =>
    matcher.matches(stateEvent),
  )
  const options = { withRoomId: true, bundle: true }
  const [[presented], eventsBefore, eventsAfter, presentedState] = await Promise.all([
    rooms.present([event], viewer, options),
    rooms.present(before.events, viewer, options),
    rooms.present(after.events, viewer, options),
    rooms.present(withLazyMembers(state, shown, viewer, settings), viewer, { withRoomId: true }),
  ])
  return {
    event: presented,
    events_before: eventsBefore,
    events_after: eventsAfter,
    state: presentedState,
    start: formatToken({ position: first.position - 1 }),
    end: formatToken({ position: last.position }),
  }
}
