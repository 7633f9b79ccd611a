import Type, { type Static } from 'typebox'
import { type Caller, callerOf } from '../../../platform/http/access.ts'
import type { App } from '../../../platform/http/http.ts'
import type { JsonObject } from '../../../platform/json.ts'
import type { Membership, Rooms, TimelineEvent } from '../api.ts'
import type { RoomReads } from '../operations/reads.ts'
import type { RoomActions } from '../operations/room-actions.ts'
import { refuse } from '../refusals.ts'
import { viewerOf } from './events.ts'
import { positionIn, RoomParams, roomPath, TimeQuery, timeIn } from './paths.ts'

const KeyParams = Type.Object({
  roomId: Type.String(),
  eventType: Type.String(),
  stateKey: Type.Optional(Type.String()),
})
const FormatQuery = Type.Object({
  format: Type.Optional(Type.Union([Type.Literal('content'), Type.Literal('event')])),
})
const memberships = ['join', 'invite', 'knock', 'leave', 'ban'] as const
const MembershipName = Type.Union(memberships.map((name) => Type.Literal(name)))
const MembersQuery = Type.Object({
  at: Type.Optional(Type.String()),
  membership: Type.Optional(MembershipName),
  not_membership: Type.Optional(MembershipName),
})
const Content = Type.Unsafe<JsonObject>(Type.Object({}))

/** A room's state: all of it, single events, and its members. */
export function stateRoutes(app: App, rooms: Rooms, reads: RoomReads, actions: RoomActions): void {
  // The slash before an empty state key may be left out.
  for (const url of [
    `${roomPath}/state/:eventType`,
    `${roomPath}/state/:eventType/`,
    `${roomPath}/state/:eventType/:stateKey`,
  ]) {
    app.put(
      url,
      {
        config: { access: 'guest', limit: 'rooms-send', notSuspended: true },
        schema: { params: KeyParams, querystring: TimeQuery, body: Content },
      },
      async (request) => {
        const caller = callerOf(request)
        const { roomId, eventType: type, stateKey = '' } = request.params
        const { eventId } = await actions.setState({
          roomId,
          sender: caller.userId,
          guest: caller.guest,
          type,
          stateKey,
          content: request.body,
          ...timeIn(request.query, caller),
        })
        return { event_id: eventId }
      },
    )
    app.get(
      url,
      { config: { access: 'guest' }, schema: { params: KeyParams, querystring: FormatQuery } },
      async (request) => stateEvent(rooms, reads, callerOf(request), request.params, request.query.format),
    )
  }

  app.get(
    `${roomPath}/state`,
    { config: { access: 'guest' }, schema: { params: RoomParams } },
    async (request) => {
      const caller = callerOf(request)
      const state = await stateSeenBy(rooms, reads, caller, request.params.roomId)
      return rooms.present(state, viewerOf(caller), { withRoomId: true })
    },
  )

  app.get(
    `${roomPath}/members`,
    { config: { access: 'guest' }, schema: { params: RoomParams, querystring: MembersQuery } },
    async (request) => {
      const caller = callerOf(request)
      const { membership, not_membership: unwanted } = request.query
      const at = positionIn('at', request.query.at)
      const members = await membersSeenBy(rooms, reads, caller, request.params.roomId, at)
      const chunk = members.filter((event) => isWanted(event, membership, unwanted))
      return { chunk: await rooms.present(chunk, viewerOf(caller), { withRoomId: true }) }
    },
  )

  app.get(
    `${roomPath}/joined_members`,
    { config: { access: 'user' }, schema: { params: RoomParams } },
    async (request) => {
      const { roomId } = request.params
      await rooms.requireJoined(roomId, callerOf(request).userId)
      const state = await rooms.state(roomId)
      const joined: Record<string, JsonObject> = {}
      for (const userId of state?.members('join') ?? [])
        joined[userId] = profileIn(state?.event('m.room.member', userId))
      return { joined }
    },
  )
}

async function stateEvent(
  rooms: Rooms,
  reads: RoomReads,
  caller: Caller,
  { roomId, eventType: type, stateKey = '' }: Static<typeof KeyParams>,
  format: 'content' | 'event' | undefined,
) {
  const { at } = await reads.viewpointOf(caller.userId, roomId)
  const event =
    at === 'now'
      ? (await rooms.state(roomId))?.event(type, stateKey)
      : (await rooms.stateAt(roomId, at, [{ type, stateKey }]))[0]
  if (!event) throw refuse('rooms.event_unknown', 'The room has no such state.')
  if (format !== 'event') return event.content
  const [shown] = await rooms.present([event], viewerOf(caller), { withRoomId: true })
  return shown
}

async function stateSeenBy(
  rooms: Rooms,
  reads: RoomReads,
  { userId }: Caller,
  roomId: string,
): Promise<TimelineEvent[]> {
  const { at } = await reads.viewpointOf(userId, roomId)
  if (at !== 'now') return rooms.stateAt(roomId, at)
  return [...((await rooms.state(roomId))?.events() ?? [])]
}

/** Former members see those of the moment when they left, whatever they ask for. */
async function membersSeenBy(
  rooms: Rooms,
  reads: RoomReads,
  { userId }: Caller,
  roomId: string,
  asked: number | undefined,
): Promise<TimelineEvent[]> {
  const { at } = await reads.viewpointOf(userId, roomId)
  if (at === 'now' && asked === undefined) {
    const state = await rooms.state(roomId)
    return [...(state?.events() ?? [])].filter(({ type }) => type === 'm.room.member')
  }
  const position = Math.min(asked ?? Number.MAX_SAFE_INTEGER, at === 'now' ? Number.MAX_SAFE_INTEGER : at)
  return rooms.stateAt(roomId, position, [{ type: 'm.room.member' }])
}

/** With both given, one of the two is enough. */
function isWanted(
  { content }: TimelineEvent,
  wanted: Membership | undefined,
  unwanted: Membership | undefined,
): boolean {
  const { membership } = content
  if (wanted === undefined && unwanted === undefined) return true
  return (
    (wanted !== undefined && membership === wanted) || (unwanted !== undefined && membership !== unwanted)
  )
}

function profileIn(event: TimelineEvent | undefined): JsonObject {
  const { displayname, avatar_url: avatarUrl } = event?.content ?? {}
  return {
    ...(typeof displayname === 'string' ? { display_name: displayname } : {}),
    ...(typeof avatarUrl === 'string' ? { avatar_url: avatarUrl } : {}),
  }
}
