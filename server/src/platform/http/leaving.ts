import type { FastifyRequest } from 'fastify'
import type { Clock } from '../clock.ts'
import { Outage } from '../refusal.ts'
import type { App } from './server.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Requests that wait for their answer. */
    requestsInFlight: () => number
  }
}

/** How long requests in flight may take to end when the node ends. */
const closingMs = 10_000

/** Answered always: whoever watches over the node asks them. */
const alwaysAnswered = new Set(['/livez', '/readyz', '/metrics'])

/**
 * Whoever is answered while the node drains is told to come back on a new connection; while its site is away requests are
 * refused with a 503 before anything is done for them, and clients repeat them at another site. When the node ends and nobody
 * waits for an answer any more, or patience ends, all connections are closed: kept alive, or opened and never used, they
 * would hold up the end of the process for a minute.
 */
export function leaveInOrder(
  app: App,
  clock: Clock,
  { draining, away }: { draining: () => boolean; away: () => boolean },
): void {
  const inFlight = new Set<FastifyRequest>()
  let settled: () => void = () => undefined
  const end = (request: FastifyRequest) => {
    inFlight.delete(request)
    if (inFlight.size === 0) settled()
  }
  app.decorate('requestsInFlight', () => inFlight.size)
  app.addHook('onRequest', async (request, reply) => {
    inFlight.add(request)
    // Also when the client went away without waiting for its answer, as one does that has it from another site.
    reply.raw.once('close', () => end(request))
    const { access } = request.routeOptions.config
    if (away() && access !== 'operator' && !alwaysAnswered.has(request.routeOptions.url ?? ''))
      throw new Outage('this site is out of service')
  })
  app.addHook('onResponse', async (request) => end(request))
  app.addHook('onSend', async (_request, reply) => {
    if (draining()) reply.header('connection', 'close')
  })
  app.addHook('preClose', async () => {
    if (inFlight.size > 0) {
      const { promise, resolve } = Promise.withResolvers<void>()
      settled = resolve
      const cancel = clock.after(closingMs, resolve)
      await promise
      cancel()
    }
    app.server.closeAllConnections()
  })
}
