import Type from 'typebox'
import { callerOf } from '../../../platform/http/access.ts'
import type { App } from '../../../platform/http/http.ts'
import type { RoomActions } from '../operations/room-actions.ts'
import { refuse } from '../refusals.ts'
import type { RoomsService } from '../service.ts'
import { visibilityIn } from '../state/perspective.ts'
import { RoomParams, roomPath } from './paths.ts'

const aliasPath = '/_matrix/client/v3/directory/room/:roomAlias'
const AliasParams = Type.Object({ roomAlias: Type.String() })
const AliasBody = Type.Object({ room_id: Type.String() })

/** https://spec.matrix.org/v1.19/client-server-api/#room-aliases */
export function aliasRoutes(app: App, rooms: RoomsService, actions: RoomActions): void {
  app.get(
    aliasPath,
    { config: { access: 'optional', limit: 'rooms-directory' }, schema: { params: AliasParams } },
    async (request) => ({
      room_id: await actions.resolve(asAlias(request.params.roomAlias), request.caller?.applicationService),
      servers: [actions.serverName],
    }),
  )

  app.put(
    aliasPath,
    {
      config: { access: 'user', limit: 'rooms-membership', notSuspended: true },
      schema: { params: AliasParams, body: AliasBody },
    },
    async (request) => {
      const { userId: creator, applicationService } = callerOf(request)
      const alias = asAlias(request.params.roomAlias)
      await actions.addAlias({ alias, roomId: request.body.room_id, creator, applicationService })
      return {}
    },
  )

  app.delete(
    aliasPath,
    { config: { access: 'user', limit: 'rooms-membership' }, schema: { params: AliasParams } },
    async (request) => {
      await actions.removeAlias(asAlias(request.params.roomAlias), callerOf(request))
      return {}
    },
  )

  app.get(
    `${roomPath}/aliases`,
    { config: { access: 'user' }, schema: { params: RoomParams } },
    async (request) => {
      const { roomId } = request.params
      const state = await rooms.state(roomId)
      if (visibilityIn(state?.event('m.room.history_visibility', '')) !== 'world_readable')
        await rooms.requireJoined(roomId, callerOf(request).userId)
      return { aliases: await actions.aliasesOf(roomId) }
    },
  )
}

/** A room id, which `resolve` would take as well, is no alias. */
function asAlias(text: string): string {
  if (!text.startsWith('#')) throw refuse('rooms.alias_invalid')
  return text
}
