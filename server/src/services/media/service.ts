import type { Clock } from '../../platform/clock.ts'
import type { Database } from '../../platform/db/database.ts'
import type { App } from '../../platform/http/http.ts'
import type { Jobs } from '../../platform/jobs.ts'
import type { Log } from '../../platform/log.ts'
import type { Outgoing } from '../../platform/outgoing/outgoing.ts'
import type { Random } from '../../platform/random.ts'
import type { Bus } from '../../platform/stream/bus.ts'
import type { Media } from './api.ts'
import { createChunks } from './blobs/chunk-cache.ts'
import { readBlob } from './blobs/read-blob.ts'
import type { MediaSettings } from './config.ts'
import { hardenDecoders } from './images/render-thumbnail.ts'
import { createWorkLimit } from './images/work-limit.ts'
import { sweep } from './jobs/sweep.ts'
import { createArrivals } from './operations/arrivals.ts'
import { complete } from './operations/complete.ts'
import { findItem, uploadsOf } from './operations/find-item.ts'
import { reserve } from './operations/reserve.ts'
import { createThumbnails } from './operations/thumbnail.ts'
import { upload } from './operations/upload.ts'
import { createPreviews } from './previews/previews.ts'
import { downloadRoutes } from './routes/download-routes.ts'
import { previewRoutes } from './routes/preview-routes.ts'
import { uploadRoutes } from './routes/upload-routes.ts'

export type MediaDeps = {
  db: Database
  clock: Clock
  random: Random
  log: Log
  bus: Bus
  jobs: Jobs
  outgoing: Pick<Outgoing, 'send'>
}
export type MediaService = Media & { routes(app: App): Promise<void> }

const sweepEveryMs = 3_600_000
const thumbnailsWaitingMax = 200

export function createMedia(given: MediaDeps, serverName: string, settings: MediaSettings): MediaService {
  hardenDecoders()
  const deps = {
    ...given,
    arrivals: createArrivals(given),
    chunks: createChunks(given, { cacheBytes: settings.cacheBytes }),
    work: createWorkLimit({ atOnce: settings.thumbnailsAtOnce, waitingMax: thumbnailsWaitingMax }),
  }
  const thumbnails = createThumbnails(deps, settings)
  const previews = createPreviews(deps, serverName, settings)
  given.jobs.repeat('media.sweep', sweepEveryMs, ({ signal }) => sweep(deps, signal))

  const media: Media = {
    upload: (description, bytes) => upload(deps, settings, description, bytes),
    reserve: (userId) => reserve(deps, settings, userId),
    complete: (mediaId, description, bytes) => complete(deps, settings, mediaId, description, bytes),
    find: (mediaId, timeoutMs, signal) => findItem(deps, mediaId, timeoutMs, signal),
    uploadsOf: (userId, page) => uploadsOf(deps, userId, page),
    read: (content) => readBlob(deps, content, { start: 0, end: content.sizeBytes }),
  }
  return {
    ...media,
    async routes(app) {
      await uploadRoutes(app, { media, clock: given.clock, serverName }, settings)
      downloadRoutes(
        app,
        { media, thumbnails, chunks: deps.chunks, clock: given.clock, serverName },
        settings,
      )
      previewRoutes(app, previews)
    },
  }
}
