import Type, { type Static } from 'typebox'
import { type Caller, callerOf } from '../../../platform/http/access.ts'
import type { App } from '../../../platform/http/http.ts'
import type { JsonObject } from '../../../platform/json.ts'
import type { CreateRequest } from '../operations/create-room.ts'
import type { RoomActions } from '../operations/room-actions.ts'
import { refuse } from '../refusals.ts'
import { RoomParams, roomPath } from './paths.ts'

/** People and state events that one room may begin with. */
const startersMax = 500

const AnyObject = Type.Unsafe<JsonObject>({ type: 'object' })

/** https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3createroom */
const CreateBody = Type.Object({
  visibility: Type.Optional(Type.Union([Type.Literal('public'), Type.Literal('private')])),
  preset: Type.Optional(
    Type.Union([
      Type.Literal('private_chat'),
      Type.Literal('public_chat'),
      Type.Literal('trusted_private_chat'),
    ]),
  ),
  room_alias_name: Type.Optional(Type.String()),
  name: Type.Optional(Type.String()),
  topic: Type.Optional(Type.String()),
  invite: Type.Optional(Type.Array(Type.String(), { maxItems: startersMax })),
  invite_3pid: Type.Optional(Type.Array(AnyObject)),
  room_version: Type.Optional(Type.String()),
  creation_content: Type.Optional(AnyObject),
  initial_state: Type.Optional(
    Type.Array(
      Type.Object({ type: Type.String(), state_key: Type.Optional(Type.String()), content: AnyObject }),
      { maxItems: startersMax },
    ),
  ),
  is_direct: Type.Optional(Type.Boolean()),
  power_level_content_override: Type.Optional(AnyObject),
})

export function creationRoutes(app: App, actions: RoomActions): void {
  upgradeRoutes(app, actions)
  app.post(
    '/_matrix/client/v3/createRoom',
    { config: { access: 'user', limit: 'rooms-create', notSuspended: true }, schema: { body: CreateBody } },
    async (request) => {
      const { roomId } = await actions.create(requestOf(callerOf(request), request.body))
      return { room_id: roomId }
    },
  )
}

const UpgradeBody = Type.Object({
  new_version: Type.String(),
  additional_creators: Type.Optional(Type.Array(Type.String(), { maxItems: startersMax })),
})

/** https://spec.matrix.org/v1.19/client-server-api/#room-upgrades */
function upgradeRoutes(app: App, actions: RoomActions): void {
  app.post(
    `${roomPath}/upgrade`,
    {
      config: { access: 'user', limit: 'rooms-create', notSuspended: true },
      schema: { params: RoomParams, body: UpgradeBody },
    },
    async (request) => {
      const { new_version: versionId, additional_creators: additionalCreators = [] } = request.body
      const { roomId } = request.params
      const { userId } = callerOf(request)
      const { roomId: replacement } = await actions.upgrade({ roomId, userId, versionId, additionalCreators })
      return { replacement_room: replacement }
    },
  )
}

function requestOf(
  { userId: creator, applicationService }: Caller,
  body: Static<typeof CreateBody>,
): CreateRequest {
  if ((body.invite_3pid ?? []).length > 0) throw refuse('rooms.identity_server_refused')
  const initialState = (body.initial_state ?? []).map(({ type, state_key: stateKey = '', content }) => ({
    type,
    stateKey,
    content,
  }))
  return {
    creator,
    applicationService,
    visibility: body.visibility ?? 'private',
    preset: body.preset,
    aliasName: body.room_alias_name,
    name: body.name,
    topic: body.topic,
    invite: body.invite ?? [],
    isDirect: body.is_direct ?? false,
    versionId: body.room_version,
    creationContent: body.creation_content ?? {},
    initialState,
    powerLevels: body.power_level_content_override ?? {},
  }
}
