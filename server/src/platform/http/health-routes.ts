import type { Registry } from 'prom-client'
import type { Database } from '../db/database.ts'
import { sql } from '../db/sql.ts'
import { Outage } from '../refusal.ts'
import type { App } from './http.ts'

/**
 * `/livez`: the process turns. `/readyz`: it can serve requests just now; load balancers take a draining node, or one
 * without a database, out. A node that can only read, because no primary is to be had, says `read-only` and stays in: with
 * it out of all sites at once nobody could read. A balancer that wants writers looks for `ready`. `/metrics`: OpenMetrics text.
 */
export function healthRoutes(
  app: App,
  deps: { db: Database; metrics: Registry; draining: () => boolean },
): void {
  app.get('/livez', { config: { access: 'public' } }, async () => ({ status: 'alive' }))

  app.get('/readyz', { config: { access: 'public' } }, async () => {
    if (deps.draining()) throw new Outage('this node is draining')
    const state = deps.db.state()
    if (state === 'away') throw new Outage('the database cannot be reached')
    if (state === 'read-only') return { status: 'read-only' }
    await deps.db.rows(sql`select 1 as one`)
    return { status: 'ready' }
  })

  app.get('/metrics', { config: { access: 'public' } }, async (_request, reply) => {
    reply.type(deps.metrics.contentType)
    return deps.metrics.metrics()
  })
}
