import { fileURLToPath } from 'node:url'
import type { DureConfiguration } from './configuration.ts'
import { allMigrations } from './migrations.ts'
import { type Clock, systemClock } from './platform/clock.ts'
import type { CoreSettings } from './platform/config/core-settings.ts'
import { createDatabase, type Database } from './platform/db/database.ts'
import { migrate } from './platform/db/migrations.ts'
import { healthRoutes } from './platform/http/health-routes.ts'
import { type App, createHttp } from './platform/http/http.ts'
import { createRateLimits } from './platform/http/rate-limits.ts'
import { webPage } from './platform/http/web-page.ts'
import { createJobs, type Jobs } from './platform/jobs.ts'
import { createLog, type Log } from './platform/log.ts'
import { createMetrics, measureRequests } from './platform/metrics.ts'
import { type Random, systemRandom } from './platform/random.ts'
import { type Bus, createBus } from './platform/stream/bus.ts'
import { createStream, type Stream } from './platform/stream/stream.ts'
import { accountDataBudgets } from './services/account-data/config.ts'
import { accountDataRoutes } from './services/account-data/routes/routes.ts'
import { createAccountData } from './services/account-data/service.ts'
import type { IdentityJobs } from './services/identity/api.ts'
import { identityBudgets } from './services/identity/config.ts'
import { identityRoutes } from './services/identity/routes/routes.ts'
import { createIdentity } from './services/identity/service.ts'
import { keysBudgets } from './services/keys/config.ts'
import { keysRoutes } from './services/keys/routes/routes.ts'
import { createKeys, type KeysService } from './services/keys/service.ts'
import { mediaBudgets } from './services/media/config.ts'
import { createMedia } from './services/media/service.ts'
import { receiptsBudgets } from './services/receipts/config.ts'
import { receiptsRoutes } from './services/receipts/routes/routes.ts'
import { createReceipts } from './services/receipts/service.ts'
import { roomsBudgets } from './services/rooms/config.ts'
import { expireTransactions } from './services/rooms/jobs/expire-transactions.ts'
import { takeDeactivation, takeProfileChange } from './services/rooms/jobs/identity-changes.ts'
import { defaultRoomVersion, supportedRoomVersions } from './services/rooms/protocol/room-versions.ts'
import { roomsRoutes } from './services/rooms/routes/routes.ts'
import { createRooms, type RoomsService } from './services/rooms/service.ts'
import { toDeviceBudgets } from './services/to-device/config.ts'
import { toDeviceRoutes } from './services/to-device/routes/send.ts'
import { createToDevice, type ToDeviceService } from './services/to-device/service.ts'
import { version } from './version.ts'

/** What every service can be given. Each takes only what it uses. */
export type Platform = {
  clock: Clock
  random: Random
  log: Log
  metrics: ReturnType<typeof createMetrics>
  db: Database
  bus: Bus
  stream: Stream
  jobs: Jobs
}

export type AppOptions = {
  configuration: DureConfiguration
  databaseUrl: string
  /** Replaced in tests. */
  clock?: Clock
  random?: Random
  log?: Log
}

export type Dure = {
  http: App
  platform: Platform
  /** For tests that begin where a route would end. */
  services: { rooms: RoomsService; keys: KeysService; toDevice: ToDeviceService }
  /** Listens and gives the address. */
  listen(): Promise<string>
  /** Drains: answers what is in flight, ends long polls, then lets go of everything. */
  close(): Promise<void>
}

const streamPollMs = 1000
const hourMs = 3_600_000
const webFolder = fileURLToPath(new URL('../../web/public', import.meta.url))

/** The composition root: builds every service in dependency order and wires their jobs. Nothing listens yet. */
export async function createApp(options: AppOptions): Promise<Dure> {
  const { core } = options.configuration
  const { serverName } = core
  const platform = createPlatform(options)
  const { clock, random, log, metrics, db, bus, stream, jobs } = platform
  await migrate({ db, log }, await allMigrations(), version)

  let draining = false
  const settings = options.configuration
  const budgets = {
    ...identityBudgets(settings.identity),
    ...accountDataBudgets,
    ...roomsBudgets(settings.rooms),
    ...mediaBudgets,
    ...toDeviceBudgets,
    ...keysBudgets,
    ...receiptsBudgets,
  }
  const limits = createRateLimits({ clock }, budgets, core.rateLimits === 'on')
  const identity = createIdentity({ ...platform, limits, settings: settings.identity, serverName })
  await identity.start()
  const accountData = createAccountData({ ...platform, settings: settings.accountData })
  const signer = { serverName, key: await identity.signingKey() }
  const rooms = createRooms({ ...platform, signer, accountData, settings: settings.rooms })
  const toDevice = createToDevice({ ...platform, identity, settings: settings.toDevice })
  const keys = createKeys({ ...platform, identity, rooms, settings: settings.keys })
  handleIdentityJobs(jobs, [toDevice, keys])
  const receipts = createReceipts({ ...platform, rooms, accountData, settings: settings.receipts })
  const media = createMedia(platform, serverName, settings.media)
  const http = await createHttp(
    { log, random, limits, authenticate: identity.authenticate },
    { bodyBytesMax: core.bodyBytesMax, trustedProxies: core.trustedProxies },
  )
  measureRequests(http, metrics)
  healthRoutes(http, { db, metrics, draining: () => draining })
  await webPage(http, webFolder, core.publicUrl)
  roomsRoutes(http, rooms)
  identityRoutes(http, identity, { publicUrl: publicUrlOf(core), roomVersions })
  accountDataRoutes(http, accountData, { keptElsewhere: {} })
  toDeviceRoutes(http, toDevice)
  keysRoutes(http, keys, { identity, stream, serverName })
  await media.routes(http)
  receiptsRoutes(http, receipts)

  jobs.handle('identity.profile_changed', (change) => takeProfileChange({ rooms, identity }, change))
  jobs.handle('identity.account_deactivated', (account) => takeDeactivation({ rooms }, account))
  jobs.repeat('rooms.expire_transactions', hourMs, () => expireTransactions({ db, clock }))

  await bus.start()
  await stream.start()
  await jobs.start()

  return {
    http,
    platform,
    services: { rooms, keys, toDevice },
    listen: () => http.listen({ host: core.host, port: core.port }),
    async close() {
      draining = true
      await http.close()
      await jobs.close()
      await rooms.close()
      await identity.close()
      await stream.close()
      await bus.close()
      await db.close()
    },
  }
}

/** All versions we take part in are stable. https://spec.matrix.org/v1.19/client-server-api/#mroom_versions-capability */
const roomVersions = {
  default: defaultRoomVersion.id,
  available: Object.fromEntries(supportedRoomVersions.map(({ id }) => [id, 'stable' as const])),
}

type Forgetful = {
  forgetDevices(userId: string, deviceIds: readonly string[]): Promise<void>
  forgetUser(userId: string): Promise<void>
}

/** What identity ends, the other services forget. The payloads are those that identity enqueued. */
function handleIdentityJobs(jobs: Jobs, services: readonly Forgetful[]): void {
  jobs.handle('identity.device_deleted', async (payload) => {
    const { userId, deviceIds } = payload as IdentityJobs['identity.device_deleted']
    for (const service of services) await service.forgetDevices(userId, deviceIds)
  })
  jobs.handle('identity.account_deactivated', async (payload) => {
    const { userId } = payload as IdentityJobs['identity.account_deactivated']
    for (const service of services) await service.forgetUser(userId)
  })
}

function publicUrlOf({ publicUrl, host, port }: CoreSettings): string {
  return publicUrl ?? `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}

function createPlatform({ configuration, databaseUrl, ...given }: AppOptions): Platform {
  const { core } = configuration
  const clock = given.clock ?? systemClock
  const random = given.random ?? systemRandom
  const log = given.log ?? createLog(core.log)
  const metrics = createMetrics({ site: core.site, node: core.node })
  const db = createDatabase(
    { log, clock, random },
    {
      url: databaseUrl,
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
