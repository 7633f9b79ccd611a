import type { App } from '../http/http.ts'
import type { Drain, DrainState } from './drain.ts'
import type { Watcher, WatcherStatus } from './watcher.ts'

/** What this node sees of the sites. Answered without the database: it is asked most when there is none. */
export type SiteStatus = { site: string; node: string } | WatcherStatus

export type DrainStatus = { site: string; node: string; state: DrainState; requestsInFlight: number }

export function siteRoutes(
  app: App,
  { site, node }: { site: string; node: string },
  watcher: Watcher | undefined,
  drain: Drain,
): void {
  app.get('/api/site/v1/status', { config: { access: 'operator' } }, async (): Promise<SiteStatus> => {
    return watcher?.status() ?? { site, node }
  })

  // For the operator who drains the site: the request that asks does not count.
  app.get('/api/site/v1/drain', { config: { access: 'operator' } }, async (): Promise<DrainStatus> => {
    return { site, node, state: drain.state(), requestsInFlight: app.requestsInFlight() - 1 }
  })
}
