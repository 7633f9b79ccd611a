import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Clock } from '../../../platform/clock.ts'
import type { App } from '../../../platform/http/http.ts'
import type { Media, MediaItem } from '../api.ts'
import type { Chunks } from '../blobs/chunk-cache.ts'
import type { MediaSettings } from '../config.ts'
import { storedFileName } from '../operations/describe-upload.ts'
import type { Thumbnails } from '../operations/thumbnail.ts'
import { refuse } from '../refusals.ts'
import { DownloadQuery, MediaConfigAnswer, MediaParams, NamedMediaParams, ThumbnailQuery } from '../wire.ts'
import { contentDisposition } from './content-disposition.ts'
import { localMediaId } from './media-address.ts'
import { sendContent } from './send-content.ts'

type Deps = { media: Media; thumbnails: Thumbnails; chunks: Chunks; clock: Clock; serverName: string }
type MediaRequest = FastifyRequest<{
  Params: { serverName: string; mediaId: string }
  Querystring: { timeout_ms?: string }
}>

/** Either the endpoints that need a login, or the deprecated ones, which serve only what is older than the freeze. */
type Door = { prefix: string; access: 'guest' | 'public'; open: boolean }

const waitDefaultMs = 20_000

/**
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv1mediadownloadservernamemediaid
 * and the deprecated endpoints of https://spec.matrix.org/v1.19/client-server-api/#content-repo-client-behaviour
 */
export function downloadRoutes(app: App, deps: Deps, settings: MediaSettings): void {
  const doors: Door[] = [
    { prefix: '/_matrix/client/v1/media', access: 'guest', open: false },
    { prefix: '/_matrix/media/v3', access: 'public', open: true },
  ]
  for (const door of doors) {
    addDownloads(app, deps, settings, door)
    addThumbnails(app, deps, settings, door)
    app.get(
      `${door.prefix}/config`,
      { config: { access: 'user' }, schema: { response: { 200: MediaConfigAnswer } } },
      async () => ({ 'm.upload.size': settings.uploadBytesMax }),
    )
  }
}

function addDownloads(app: App, deps: Deps, settings: MediaSettings, door: Door): void {
  const config = { access: door.access, limit: 'media-read' }
  const send = async (request: MediaRequest, reply: FastifyReply, fileName: string | undefined) => {
    const item = await findServable(deps, settings, door, request, reply)
    const { content, contentType } = item
    const disposition = contentDisposition(contentType, fileName ?? item.fileName)
    const served = { content, contentType, disposition, shared: door.open }
    return sendContent(deps, request, reply, served, settings.stall)
  }
  app.get(
    `${door.prefix}/download/:serverName/:mediaId`,
    { config, schema: { params: MediaParams, querystring: DownloadQuery } },
    (request, reply) => send(request, reply, undefined),
  )
  app.get(
    `${door.prefix}/download/:serverName/:mediaId/:fileName`,
    { config, schema: { params: NamedMediaParams, querystring: DownloadQuery } },
    (request, reply) => send(request, reply, storedFileName(request.params.fileName)),
  )
}

function addThumbnails(app: App, deps: Deps, settings: MediaSettings, door: Door): void {
  app.get(
    `${door.prefix}/thumbnail/:serverName/:mediaId`,
    {
      config: { access: door.access, limit: 'media-thumbnail' },
      schema: { params: MediaParams, querystring: ThumbnailQuery },
    },
    async (request, reply) => {
      const item = await findServable(deps, settings, door, request, reply)
      const { width, height, method = 'scale', animated } = request.query
      const { content, contentType } = await deps.thumbnails.make(item.content, {
        width: Number(width),
        height: Number(height),
        method,
        animated: animated === 'true',
      })
      const extension = contentType.replace('image/', '').replace('jpeg', 'jpg')
      const disposition = contentDisposition(contentType, `thumbnail.${extension}`)
      return sendContent(
        deps,
        request,
        reply,
        { content, contentType, disposition, shared: door.open },
        settings.stall,
      )
    },
  )
}

async function findServable(
  { media, serverName }: Deps,
  settings: MediaSettings,
  door: Door,
  request: MediaRequest,
  reply: FastifyReply,
): Promise<MediaItem> {
  // With the freeze at the beginning of time there is nothing that the deprecated endpoints could serve.
  if (door.open && settings.frozenFrom === 0) throw refuse('media.not_found')
  const mediaId = localMediaId(serverName, request.params)
  const waitMs = Number(request.query.timeout_ms ?? waitDefaultMs)
  const gone = new AbortController()
  reply.raw.once('close', () => gone.abort(new Error('the client went away')))
  const item = await media.find(mediaId, waitMs, gone.signal)
  // Nothing tells the two apart: whether media exists is not said to somebody who may not see it.
  if (door.open && item.uploadedAtMs >= settings.frozenFrom) throw refuse('media.not_found')
  return item
}
