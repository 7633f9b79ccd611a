import type { App } from '../http/http.ts'
import type { Watcher, WatcherStatus } from './watcher.ts'

/** What this node sees of the sites. Answered without the database: it is asked most when there is none. */
export type SiteStatus = { site: string; node: string } | WatcherStatus

export function siteRoutes(
  app: App,
  { site, node }: { site: string; node: string },
  watcher: Watcher | undefined,
): void {
  app.get('/api/site/v1/status', { config: { access: 'operator' } }, async (): Promise<SiteStatus> => {
    return watcher?.status() ?? { site, node }
  })
}
