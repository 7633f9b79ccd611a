import Type from 'typebox'
import { callerOf } from '../../../platform/http/access.ts'
import type { App } from '../../../platform/http/http.ts'
import { refuseHttp } from '../../../platform/http/refusals.ts'
import type { JsonObject } from '../../../platform/json.ts'
import type { DirectoryCursor, DirectoryQuery } from '../operations/list-published-rooms.ts'
import type { RoomActions } from '../operations/room-actions.ts'
import { refuse } from '../refusals.ts'
import { limitOf, RoomParams, Whole } from './paths.ts'

const listedPath = '/_matrix/client/v3/directory/list/room/:roomId'
const publicRooms = '/_matrix/client/v3/publicRooms'
const pageLimit = { fallback: 100, max: 500 }

const Visibility = Type.Union([Type.Literal('public'), Type.Literal('private')])
const ServerQuery = Type.Object({ server: Type.Optional(Type.String()) })
const ListQuery = Type.Object({
  ...ServerQuery.properties,
  limit: Type.Optional(Whole),
  since: Type.Optional(Type.String()),
})
const ListBody = Type.Object({
  limit: Type.Optional(Type.Integer({ minimum: 0 })),
  since: Type.Optional(Type.String()),
  filter: Type.Optional(
    Type.Object({
      generic_search_term: Type.Optional(Type.String()),
      room_types: Type.Optional(Type.Array(Type.Union([Type.String(), Type.Null()]))),
    }),
  ),
  include_all_networks: Type.Optional(Type.Boolean()),
  third_party_instance_id: Type.Optional(Type.String()),
})

/** https://spec.matrix.org/v1.19/client-server-api/#published-room-directory */
export function directoryRoutes(app: App, actions: RoomActions): void {
  app.get(listedPath, { config: { access: 'public' }, schema: { params: RoomParams } }, async (request) => ({
    visibility: (await actions.isPublished(request.params.roomId)) ? 'public' : 'private',
  }))

  app.put(
    listedPath,
    {
      config: { access: 'user', limit: 'rooms-membership', notSuspended: true },
      schema: { params: RoomParams, body: Type.Object({ visibility: Type.Optional(Visibility) }) },
    },
    async (request) => {
      const isPublic = (request.body.visibility ?? 'public') === 'public'
      await actions.setPublished(request.params.roomId, isPublic, callerOf(request).userId)
      return {}
    },
  )

  networkRoutes(app, actions)

  app.get(
    publicRooms,
    { config: { access: 'public', limit: 'rooms-directory' }, schema: { querystring: ListQuery } },
    async (request) => {
      const { server, since, limit } = request.query
      requireOwnDirectory(actions, server)
      return listed(actions, {
        limit: Math.max(1, limitOf(limit, pageLimit)),
        from: cursorIn(since),
        searchTerm: undefined,
        roomTypes: undefined,
      })
    },
  )

  app.post(
    publicRooms,
    {
      config: { access: 'user', limit: 'rooms-directory' },
      schema: { querystring: ServerQuery, body: ListBody },
    },
    async (request) => {
      const {
        limit,
        since,
        filter,
        include_all_networks: all,
        third_party_instance_id: network,
      } = request.body
      requireOwnDirectory(actions, request.query.server)
      if (all && network !== undefined)
        throw refuseHttp('http.parameter_invalid', 'third_party_instance_id excludes include_all_networks')
      return listed(actions, {
        limit: Math.min(Math.max(1, limit ?? pageLimit.fallback), pageLimit.max),
        from: cursorIn(since),
        searchTerm: filter?.generic_search_term,
        roomTypes: filter?.room_types,
        network: all ? 'all' : network === undefined ? undefined : { id: network },
      })
    },
  )
}

/** https://spec.matrix.org/v1.19/application-service-api/#published-room-directories */
function networkRoutes(app: App, actions: RoomActions): void {
  app.put(
    '/_matrix/client/v3/directory/list/appservice/:networkId/:roomId',
    {
      config: { access: 'application-service' },
      schema: {
        params: Type.Object({ networkId: Type.String({ maxLength: 255 }), roomId: Type.String() }),
        body: Type.Object({ visibility: Visibility }),
      },
    },
    async (request) => {
      const { networkId, roomId } = request.params
      // As the instance is named among the third-party protocols.
      const instanceId = `${callerOf(request).applicationService}|${networkId}`
      const listed = request.body.visibility === 'public'
      await actions.setListedOnNetwork({ roomId, instanceId, listed })
      return {}
    },
  )
}

function requireOwnDirectory({ serverName }: RoomActions, server: string | undefined): void {
  if (server !== undefined && server !== serverName) throw refuse('rooms.directory_elsewhere')
}

async function listed(actions: RoomActions, query: DirectoryQuery): Promise<JsonObject> {
  const { rooms, next, previous, total } = await actions.directory(query)
  return {
    chunk: rooms,
    ...(next && { next_batch: formatCursor(next) }),
    ...(previous && { prev_batch: formatCursor(previous) }),
    total_room_count_estimate: total,
  }
}

/** `a` (after) or `b` (before), the number of members, and the room id in base64url. */
function formatCursor({ direction, members, roomId }: DirectoryCursor): string {
  const side = direction === 'after' ? 'a' : 'b'
  return `${side}${members}.${Buffer.from(roomId).toString('base64url')}`
}

function cursorIn(token: string | undefined): DirectoryCursor | undefined {
  if (token === undefined || token === '') return undefined
  const groups = /^(?<side>[ab])(?<members>[0-9]{1,9})\.(?<room>[\w-]{1,400})$/.exec(token)?.groups
  const roomId = Buffer.from(groups?.['room'] ?? '', 'base64url').toString()
  if (!groups || roomId.includes('\0'))
    throw refuseHttp('http.parameter_invalid', 'since is not a token of this directory')
  return {
    direction: groups['side'] === 'a' ? 'after' : 'before',
    members: Number(groups['members']),
    roomId,
  }
}
