import type { Registry } from 'prom-client'
import { type Clock, systemClock } from './clock.ts'
import type { CoreSettings } from './config/core-settings.ts'
import { createDatabase, type Database } from './db/database.ts'
import { createJobs, type Jobs } from './jobs.ts'
import { createLog, type Log } from './log.ts'
import { createMetrics } from './metrics.ts'
import { type Random, systemRandom } from './random.ts'
import { siteNamed } from './site/sites-file.ts'
import { type Bus, createBus } from './stream/bus.ts'
import { createStream, type Stream } from './stream/stream.ts'

/** What every service can be given. Each takes only what it uses. */
export type Platform = {
  clock: Clock
  random: Random
  log: Log
  metrics: Registry
  db: Database
  bus: Bus
  stream: Stream
  jobs: Jobs
}

/** What tests replace. */
export type PlatformParts = { clock?: Clock; random?: Random; log?: Log }

const streamPollMs = 1000

/** Nothing runs yet: the services register what they follow and handle before `startPlatform`. */
export function createPlatform(core: CoreSettings, databaseUrl: string, given: PlatformParts): Platform {
  const { clock = systemClock, random = systemRandom, log = createLog(core.log) } = given
  const metrics = createMetrics({ site: core.site, node: core.node })
  // Its patience is real time, whatever time it is said to be: on a clock that stands still, a conflict would be waited out for ever.
  const db = createDatabase(
    { log, clock: systemClock, random, metrics },
    {
      url: databaseUrl,
      ownHost: core.sites && siteNamed(core.sites, core.site).address,
      poolSize: core.databasePoolSize,
      applicationName: `dure ${core.node}`,
      outageWaitMs: core.databaseOutageWait,
    },
  )
  const bus = createBus({ db, log, clock })
  const stream = createStream({ db, bus, clock, log }, { pollMs: streamPollMs })
  const jobs = createJobs({ db, bus, clock, random, log, metrics })
  return { clock, random, log, metrics, db, bus, stream, jobs }
}

export async function startPlatform({ bus, stream, jobs }: Platform): Promise<void> {
  await bus.start()
  await stream.start()
  await jobs.start()
}
