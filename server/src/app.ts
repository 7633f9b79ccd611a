import type { DureConfiguration } from './configuration.ts'
import { wireJobs } from './jobs.ts'
import { allMigrations } from './migrations.ts'
import { migrate } from './platform/db/migrations.ts'
import type { DeclaredRoute } from './platform/http/declared-routes.ts'
import { type App, createHttp } from './platform/http/http.ts'
import { createRateLimits } from './platform/http/rate-limits.ts'
import { measureRequests } from './platform/metrics.ts'
import { createPlatform, type Platform, type PlatformParts, startPlatform } from './platform/platform.ts'
import { createDrain } from './platform/site/drain.ts'
import { watchSites } from './platform/site/watch-sites.ts'
import { addRoutes, allBudgets } from './routes.ts'
import { createServices, type Services } from './services.ts'
import { version } from './version.ts'

export type AppOptions = PlatformParts & { configuration: DureConfiguration; databaseUrl: string }

export type Dure = {
  http: App
  /** Every route of this node, as declared. */
  routes: readonly DeclaredRoute[]
  platform: Platform
  /** For tests that begin where a route would end. */
  services: Services
  /** Listens and gives the address. */
  listen(): Promise<string>
  /** Drains: answers what is in flight, ends long polls, then lets go of everything. */
  close(): Promise<void>
}

/** The composition root: migrates, builds every service in dependency order, wires routes and jobs. Nothing listens yet. */
export async function createApp({ configuration, databaseUrl, ...parts }: AppOptions): Promise<Dure> {
  const { core } = configuration
  const platform = createPlatform(core, databaseUrl, parts)
  const { clock, random, log, metrics, db } = platform
  // Before anything that needs the database: a node that starts amid an outage is to help end it.
  const watcher = watchSites(platform, core)
  watcher?.start()
  await migrate({ db, log }, await allMigrations(), version)

  let closing = false
  const limits = createRateLimits({ clock }, allBudgets(configuration), core.rateLimits === 'on')
  const services = await createServices(platform, limits, configuration)
  const { drain: endWaits, resume } = services.sync
  const leaving = () => {
    endWaits()
    resume()
  }
  const drain = createDrain(platform, core.site, { leaving, away: endWaits, back: resume })
  const draining = () => closing || drain.state() !== 'serving'
  const http = await createHttp(
    {
      clock,
      log,
      random,
      limits,
      maybeStale: db.maybeStale,
      authenticate: services.applicationServices.authenticate,
      isUnlimited: services.applicationServices.isUnlimited,
      isAdministrator: services.identity.isAdministrator,
    },
    {
      site: core.site,
      bodyBytesMax: core.bodyBytesMax,
      trustedProxies: core.trustedProxies,
      operatorAddresses: core.sites?.sites.map(({ address }) => address) ?? [],
      draining,
      away: () => drain.state() === 'away',
    },
  )
  measureRequests(http, metrics)
  const routes = await addRoutes(http, platform, services, { core, watcher, drain, draining })
  wireJobs(platform, services, configuration.rooms)
  await startPlatform(platform)
  services.presence.start()
  services.push.pushers.start()
  if (core.sites !== undefined) await drain.start()

  return {
    http,
    routes,
    platform,
    services,
    listen: () => http.listen({ host: core.host, port: core.port }),
    async close() {
      closing = true
      drain.close()
      services.sync.drain()
      services.applicationServices.close()
      await http.close()
      await platform.jobs.close()
      services.presence.close()
      await services.push.close()
      await services.rooms.close()
      await services.identity.close()
      services.outgoing.close()
      await platform.stream.close()
      await platform.bus.close()
      await db.close()
      await watcher?.close()
    },
  }
}
