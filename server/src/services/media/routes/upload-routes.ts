import type { FastifyRequest } from 'fastify'
import type { Clock } from '../../../platform/clock.ts'
import { callerOf } from '../../../platform/http/access.ts'
import type { App } from '../../../platform/http/http.ts'
import type { Media } from '../api.ts'
import type { MediaSettings } from '../config.ts'
import { CreateAnswer, MediaParams, UploadAnswer, UploadQuery } from '../wire.ts'
import { localMediaId } from './media-address.ts'
import { createUploadBodies } from './upload-body.ts'

type Deps = { media: Media; clock: Clock; serverName: string }

/** https://spec.matrix.org/v1.19/client-server-api/#post_matrixmediav3upload */
export async function uploadRoutes(app: App, deps: Deps, settings: MediaSettings): Promise<void> {
  const { media, serverName } = deps
  const bodies = createUploadBodies(deps, settings)

  app.post(
    '/_matrix/media/v1/create',
    { config: { access: 'user', limit: 'media-create' }, schema: { response: { 200: CreateAnswer } } },
    async (request) => {
      const { mediaId, unusedExpiresAtMs } = await media.reserve(callerOf(request).userId)
      return { content_uri: `mxc://${serverName}/${mediaId}`, unused_expires_at: unusedExpiresAtMs }
    },
  )

  // A scope of its own: here bodies are bytes, whatever their type says.
  await app.register(async (scope: App) => {
    bodies.accept(scope)

    scope.post(
      '/_matrix/media/v3/upload',
      {
        config: { access: 'user', limit: 'media-upload' },
        schema: { querystring: UploadQuery, response: { 200: UploadAnswer } },
      },
      async (request) => {
        const { mediaId } = await bodies.take(request, (bytes) =>
          media.upload(describe(request, request.query.filename), bytes),
        )
        return { content_uri: `mxc://${serverName}/${mediaId}` }
      },
    )

    scope.put(
      '/_matrix/media/v3/upload/:serverName/:mediaId',
      {
        config: { access: 'user', limit: 'media-upload' },
        schema: { params: MediaParams, querystring: UploadQuery },
      },
      async (request) => {
        await bodies.take(request, async (bytes) => {
          const mediaId = localMediaId(serverName, request.params)
          await media.complete(mediaId, describe(request, request.query.filename), bytes)
        })
        return {}
      },
    )
  })
}

function describe(request: FastifyRequest, fileName: string | undefined) {
  return { userId: callerOf(request).userId, contentType: request.sentContentType, fileName }
}
