import Type, { type Static } from 'typebox'
import { callerOf } from '../../../platform/http/access.ts'
import type { App } from '../../../platform/http/http.ts'
import { refuseHttp } from '../../../platform/http/refusals.ts'
import type { MembershipRequest } from '../operations/change-membership.ts'
import type { RoomActions } from '../operations/room-actions.ts'
import { refuse } from '../refusals.ts'
import type { RoomsService } from '../service.ts'
import { RoomParams, roomPath } from './paths.ts'

const Reason = Type.Optional(Type.String())
const ReasonBody = Type.Object({ reason: Reason })
const PersonBody = Type.Object({ user_id: Type.String(), reason: Reason })
const JoinBody = Type.Object({
  reason: Reason,
  third_party_signed: Type.Optional(
    Type.Object({
      sender: Type.String(),
      mxid: Type.String(),
      token: Type.String(),
      signatures: Type.Object({}),
    }),
  ),
})
const InviteBody = Type.Object({
  user_id: Type.Optional(Type.String()),
  reason: Reason,
  id_server: Type.Optional(Type.String()),
  id_access_token: Type.Optional(Type.String()),
  medium: Type.Optional(Type.String()),
  address: Type.Optional(Type.String()),
})
const NameParams = Type.Object({ roomIdOrAlias: Type.String() })
const Servers = Type.Optional(Type.Union([Type.String(), Type.Array(Type.String())]))
/** Servers to go through are of no use to a server that has each of its rooms itself. */
const NameQuery = Type.Object({ via: Servers, server_name: Servers })

/** Clients leave the body out where everything in it is optional. */
const emptyBody = {
  async preValidation(request: { body: unknown }): Promise<void> {
    request.body ??= {}
  },
}
/** Who is suspended may leave, but neither come in nor act on others. */
const asUser = { config: { access: 'user', limit: 'rooms-membership', notSuspended: true } } as const
const asGuest = { config: { access: 'guest', limit: 'rooms-membership', notSuspended: true } } as const
const leaving = { config: { access: 'guest', limit: 'rooms-membership' } } as const
const forgetting = { config: { access: 'user', limit: 'rooms-membership' } } as const

/** https://spec.matrix.org/v1.19/client-server-api/#room-membership */
export function membershipRoutes(app: App, rooms: RoomsService, actions: RoomActions): void {
  comingRoutes(app, actions)
  leavingRoutes(app, rooms, actions)
  changeRoutes(app, actions)

  app.get('/_matrix/client/v3/joined_rooms', { config: { access: 'user' } }, async (request) => ({
    joined_rooms: await actions.joinedRooms(callerOf(request).userId),
  }))
}

/** Joining, knocking and inviting. */
function comingRoutes(app: App, actions: RoomActions): void {
  app.post(
    `${roomPath}/join`,
    { ...asGuest, ...emptyBody, schema: { params: RoomParams, body: JoinBody } },
    async (request) => join(actions, callerOf(request), request.params.roomId, request.body),
  )
  app.post(
    '/_matrix/client/v3/join/:roomIdOrAlias',
    { ...asUser, ...emptyBody, schema: { params: NameParams, querystring: NameQuery, body: JoinBody } },
    async (request) => {
      const caller = callerOf(request)
      const roomId = await actions.resolve(request.params.roomIdOrAlias, caller.applicationService)
      return join(actions, caller, roomId, request.body)
    },
  )
  app.post(
    '/_matrix/client/v3/knock/:roomIdOrAlias',
    { ...asUser, ...emptyBody, schema: { params: NameParams, querystring: NameQuery, body: ReasonBody } },
    async (request) => {
      const { userId: sender, applicationService } = callerOf(request)
      const roomId = await actions.resolve(request.params.roomIdOrAlias, applicationService)
      await actions.knock({ roomId, sender, reason: request.body.reason })
      return { room_id: roomId }
    },
  )
  app.post(
    `${roomPath}/invite`,
    { ...asUser, schema: { params: RoomParams, body: InviteBody } },
    async (request) => {
      const { roomId } = request.params
      const { user_id: userId, reason } = request.body
      if (userId === undefined) throw thirdPartyRefusal(request.body)
      await actions.invite({ roomId, sender: callerOf(request).userId, userId, reason })
      return {}
    },
  )
}

async function join(
  actions: RoomActions,
  { userId, guest }: { userId: string; guest: boolean },
  roomId: string,
  { reason, third_party_signed: signed }: Static<typeof JoinBody>,
): Promise<{ room_id: string }> {
  if (signed) throw refuse('rooms.third_party_invite_unproven')
  await actions.join({ roomId, userId, guest, reason })
  return { room_id: roomId }
}

/** https://spec.matrix.org/v1.19/client-server-api/#thirdparty_post_matrixclientv3roomsroomidinvite */
function thirdPartyRefusal(body: Static<typeof InviteBody>): Error {
  const parts = [body.id_server, body.id_access_token, body.medium, body.address]
  const given = parts.filter((part) => part !== undefined).length
  if (given === parts.length) return refuse('rooms.identity_server_refused')
  const message =
    given === 0
      ? 'user_id is missing'
      : 'a third-party invite names id_server, id_access_token, medium and address'
  return refuseHttp('http.bad_json', { message, errcode: 'M_MISSING_PARAM' })
}

function leavingRoutes(app: App, rooms: RoomsService, actions: RoomActions): void {
  app.post(
    `${roomPath}/leave`,
    { ...leaving, ...emptyBody, schema: { params: RoomParams, body: ReasonBody } },
    async (request) => {
      const { roomId } = request.params
      await actions.leave({ roomId, sender: callerOf(request).userId, reason: request.body.reason })
      return {}
    },
  )
  app.post(`${roomPath}/forget`, { ...forgetting, schema: { params: RoomParams } }, async (request) => {
    await rooms.forget(request.params.roomId, callerOf(request).userId)
    return {}
  })
}

/** What is done to others. */
function changeRoutes(app: App, actions: RoomActions): void {
  const changes: Record<string, (request: MembershipRequest) => Promise<void>> = {
    kick: actions.kick,
    ban: actions.ban,
    unban: actions.unban,
  }
  for (const [name, change] of Object.entries(changes)) {
    app.post(
      `${roomPath}/${name}`,
      { ...asUser, schema: { params: RoomParams, body: PersonBody } },
      async (request) => {
        const { user_id: userId, reason } = request.body
        const { roomId } = request.params
        await change({ roomId, sender: callerOf(request).userId, userId, reason })
        return {}
      },
    )
  }
}
