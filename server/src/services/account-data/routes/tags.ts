import type { App } from '../../../platform/http/http.ts'
import { refuse } from '../refusals.ts'
import type { AccountDataService } from '../service.ts'
import { TagBody, TagParams, TagsParams } from '../wire.ts'
import { checkRoomId, ownerOf } from './owner.ts'

const tagsPath = '/_matrix/client/v3/user/:userId/rooms/:roomId/tags'
const tagBytesMax = 255

/** https://spec.matrix.org/v1.19/client-server-api/#room-tagging */
export function tagRoutes(app: App, accountData: AccountDataService): void {
  app.get(tagsPath, { config: { access: 'user' }, schema: { params: TagsParams } }, async (request) => {
    const userId = ownerOf(request)
    checkRoomId(request.params.roomId)
    return { tags: await accountData.tags(userId, request.params.roomId) }
  })

  app.put(
    `${tagsPath}/:tag`,
    {
      config: { access: 'user', limit: 'account-data-write' },
      schema: { params: TagParams, body: TagBody },
    },
    async (request) => {
      const userId = ownerOf(request)
      const { roomId, tag } = request.params
      checkRoomId(roomId)
      checkTag(tag)
      await accountData.setTag(userId, roomId, tag, request.body)
      return {}
    },
  )

  app.delete(
    `${tagsPath}/:tag`,
    { config: { access: 'user', limit: 'account-data-write' }, schema: { params: TagParams } },
    async (request) => {
      const userId = ownerOf(request)
      const { roomId, tag } = request.params
      checkRoomId(roomId)
      checkTag(tag)
      await accountData.deleteTag(userId, roomId, tag)
      return {}
    },
  )
}

function checkTag(tag: string): void {
  if (tag === '' || Buffer.byteLength(tag) > tagBytesMax) throw refuse('account_data.tag_invalid')
}
