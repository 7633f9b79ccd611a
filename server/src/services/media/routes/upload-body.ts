import { Readable } from 'node:stream'
import type { FastifyRequest } from 'fastify'
import type { Clock } from '../../../platform/clock.ts'
import type { App } from '../../../platform/http/http.ts'
import { Outage } from '../../../platform/refusal.ts'
import type { MediaSettings } from '../config.ts'
import { refuse } from '../refusals.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The Content-Type header of an upload, as sent. */
    sentContentType: string | undefined
  }
}

/** How long a client whose upload was refused may go on sending, so that it reads the answer and not a reset. */
const lingerMs = 10_000

export type UploadBodies = {
  /** Makes a scope's bodies plain bytes. */
  accept(scope: App): void
  /** Gives the body to `store` as it comes in; bounds its size and its pauses, and how many are taken at once. */
  take<T>(request: FastifyRequest, store: (bytes: AsyncIterable<Uint8Array>) => Promise<T>): Promise<T>
}

export function createUploadBodies(
  deps: { clock: Clock },
  settings: Pick<MediaSettings, 'uploadBytesMax' | 'uploadsMax' | 'stall'>,
): UploadBodies {
  let running = 0

  return {
    accept(scope) {
      scope.removeAllContentTypeParsers()
      scope.addContentTypeParser('*', (_request, body, done) => done(null, body))
      scope.decorateRequest('sentContentType', undefined)
      scope.addHook('onRequest', async (request) => {
        request.sentContentType = request.headers['content-type']
        // The framework would refuse a malformed type; for an upload it only means that the type is not known.
        delete request.headers['content-type']
      })
    },
    async take(request, store) {
      running += 1
      try {
        if (running > settings.uploadsMax) throw new Outage('this node takes as many uploads as it can')
        if (Number(request.headers['content-length'] ?? 0) > settings.uploadBytesMax)
          throw refuse('media.too_large')
        return await store(bytesOf(deps, request.body, settings.stall))
      } catch (error) {
        letFinish(deps, request)
        throw error
      } finally {
        running -= 1
      }
    },
  }
}

/**
 * The body as it comes in; a pause of `stallMs` ends it. Leaving it early does not cut the connection, on which the
 * answer is still to be sent.
 */
async function* bytesOf(
  { clock }: { clock: Clock },
  body: unknown,
  stallMs: number,
): AsyncGenerator<Uint8Array> {
  if (!(body instanceof Readable)) return
  const watch = () => clock.after(stallMs, () => body.destroy(new Error('the upload stalled')))
  let cancel = watch()
  try {
    for await (const bytes of body.iterator({ destroyOnReturn: false })) {
      // While the bytes are being stored it is not the client who is slow.
      cancel()
      yield bytes
      cancel = watch()
    }
  } catch (cause) {
    throw Object.assign(refuse('media.upload_interrupted'), { cause })
  } finally {
    cancel()
  }
}

/** Throws away what is still being sent, for a while. */
function letFinish({ clock }: { clock: Clock }, { raw }: FastifyRequest): void {
  if (raw.complete) return
  raw.resume()
  const cancel = clock.after(lingerMs, () => raw.destroy())
  raw.once('close', cancel)
  raw.once('end', cancel)
}
