import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import type { Clock } from '../../../platform/clock.ts'
import { callerOf } from '../../../platform/http/access.ts'
import type { App } from '../../../platform/http/http.ts'
import type { Exports } from '../service.ts'

/** How long a client may take nothing. */
const stallMs = 120_000

/** Beside the account's other routes, because that is where people look for it. */
export function exportsRoutes(app: App, exports: Exports, deps: { clock: Clock }): void {
  app.get(
    '/api/identity/v1/export',
    { config: { access: 'user', limit: 'exports' } },
    async (request, reply) => {
      const { userId, sessionId } = callerOf(request)
      const gone = new AbortController()
      reply.raw.once('close', () => gone.abort(new Error('the client went away')))
      const bytes = await exports.of({ userId, sessionId }, gone.signal)
      const name = `${userId.replaceAll(/[^A-Za-z0-9._-]+/g, '-').replace(/^-/, '')}.zip`
      reply.headers({
        'content-type': 'application/zip',
        'content-disposition': `attachment; filename="${name}"`,
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
      })
      return reply.send(Readable.from(cutWhenStalled(deps, bytes, reply), { objectMode: false }))
    },
  )
}

async function* cutWhenStalled(
  { clock }: { clock: Clock },
  bytes: AsyncIterable<Buffer>,
  { raw }: FastifyReply,
): AsyncGenerator<Buffer> {
  let cancel: () => void = () => undefined
  raw.once('close', () => cancel())
  for await (const piece of bytes) {
    cancel()
    cancel = clock.after(stallMs, () => raw.destroy())
    yield piece
  }
}
