import type { App } from '../../../platform/http/http.ts'
import type { JsonObject } from '../../../platform/json.ts'
import { refuse } from '../refusals.ts'
import type { AccountDataService } from '../service.ts'
import { ContentBody, GlobalParams, RoomParams } from '../wire.ts'
import { checkRoomId, ownerOf } from './owner.ts'

export type AccountDataRouteOptions = {
  /** Types of account data that other services keep, with how to read them: m.push_rules. */
  keptElsewhere: Readonly<Record<string, (userId: string) => Promise<JsonObject>>>
}

const globalPath = '/_matrix/client/v3/user/:userId/account_data/:type'
const roomPath = '/_matrix/client/v3/user/:userId/rooms/:roomId/account_data/:type'

/** Clients may read these and not write them. https://spec.matrix.org/v1.19/client-server-api/#client-config */
const managedTypes = ['m.fully_read', 'm.push_rules']

export function entryRoutes(
  app: App,
  accountData: AccountDataService,
  { keptElsewhere }: AccountDataRouteOptions,
): void {
  app.get(globalPath, { config: { access: 'user' }, schema: { params: GlobalParams } }, async (request) => {
    const userId = ownerOf(request)
    const { type } = request.params
    const read = Object.hasOwn(keptElsewhere, type) ? keptElsewhere[type] : undefined
    const content = read ? await read(userId) : await accountData.get(userId, undefined, type)
    if (!content) throw refuse('account_data.unknown')
    return content
  })

  app.put(
    globalPath,
    {
      config: { access: 'user', limit: 'account-data-write' },
      schema: { params: GlobalParams, body: ContentBody },
    },
    async (request) => {
      const userId = ownerOf(request)
      checkWritable(request.params.type)
      await accountData.put(userId, undefined, request.params.type, request.body)
      return {}
    },
  )

  app.get(roomPath, { config: { access: 'user' }, schema: { params: RoomParams } }, async (request) => {
    const userId = ownerOf(request)
    const { roomId, type } = request.params
    checkRoomId(roomId)
    const content = await accountData.get(userId, roomId, type)
    if (!content) throw refuse('account_data.unknown')
    return content
  })

  app.put(
    roomPath,
    {
      config: { access: 'user', limit: 'account-data-write' },
      schema: { params: RoomParams, body: ContentBody },
    },
    async (request) => {
      const userId = ownerOf(request)
      const { roomId, type } = request.params
      checkRoomId(roomId)
      checkWritable(type)
      await accountData.put(userId, roomId, type, request.body)
      return {}
    },
  )
}

function checkWritable(type: string): void {
  if (managedTypes.includes(type))
    throw refuse('account_data.managed', `Cannot set ${type} through this API.`)
}
