import { collectDefaultMetrics, Histogram, Registry } from 'prom-client'
import type { App } from './http/http.ts'

/** A registry of its own per node, so that several nodes can live in one test process. */
export function createMetrics(labels: { site: string; node: string }): Registry {
  const registry = new Registry()
  registry.setDefaultLabels(labels)
  collectDefaultMetrics({ register: registry })
  return registry
}

/** Counts and times every request by route. Long polls are told apart by their route. */
export function measureRequests(app: App, registry: Registry): void {
  const seconds = new Histogram({
    name: 'dure_http_request_seconds',
    help: 'Time from the request line to the end of the answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers: [registry],
  })
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown'
    seconds.labels(request.method, route, String(reply.statusCode)).observe(reply.elapsedTime / 1000)
  })
}
