import { isAbsolute, join } from 'node:path'
import { type DureConfiguration, readConfiguration } from '../configuration.ts'
import { allMigrations } from '../migrations.ts'
import { systemClock } from '../platform/clock.ts'
import { environment } from '../platform/config/environment.ts'
import { createDatabase, type Database } from '../platform/db/database.ts'
import { migrate } from '../platform/db/migrations.ts'
import { createLog, type Log } from '../platform/log.ts'
import {
  type EmbeddedPostgres,
  runningDatabaseUrl,
  startEmbeddedPostgres,
} from '../platform/postgres/embedded.ts'
import { systemRandom } from '../platform/random.ts'
import { version } from '../version.ts'

/** Starts the embedded PostgreSQL in the node's data folder. */
export function startOwnDatabase(configuration: DureConfiguration, log: Log): Promise<EmbeddedPostgres> {
  return startEmbeddedPostgres({ folder: folderOf(configuration), log })
}

/**
 * Runs an operator's command on the node's database: the one configured, the embedded one of the node that is running,
 * or the embedded one started for the moment.
 */
export async function withDatabase<T>(
  configuration: DureConfiguration,
  log: Log,
  work: (db: Database) => Promise<T>,
  options: { migrates: boolean } = { migrates: true },
): Promise<T> {
  const running = configuration.core.databaseUrl ?? runningDatabaseUrl(folderOf(configuration))
  const own = running === undefined ? await startOwnDatabase(configuration, log) : undefined
  const db = createDatabase(
    { log, clock: systemClock, random: systemRandom },
    { url: running ?? own?.url ?? '', poolSize: 2, applicationName: 'dure command', outageWaitMs: 5000 },
  )
  try {
    if (options.migrates) await migrate({ db, log }, await allMigrations(), version)
    return await work(db)
  } finally {
    await db.close()
    await own?.close()
  }
}

function folderOf({ core }: DureConfiguration): string {
  // PostgreSQL does not run as root; the user it runs as instead could not enter a folder below root's home.
  const fallback = process.getuid?.() === 0 ? '/var/lib/dure' : 'data'
  const data = core.data ?? fallback
  return join(isAbsolute(data) ? data : join(process.cwd(), data), 'postgres')
}

/** Runs the embedded PostgreSQL alone until SIGTERM or SIGINT: for dumps, restores and repairs. */
export async function databaseCommand(): Promise<number> {
  const configuration = readConfiguration(environment)
  if (configuration.core.databaseUrl !== undefined) {
    process.stderr.write('DURE_DATABASE_URL is set: this node has no database of its own\n')
    return 2
  }
  const stopped = new Promise((resolve) => {
    process.once('SIGTERM', resolve)
    process.once('SIGINT', resolve)
  })
  await using database = await startOwnDatabase(configuration, createLog(configuration.core.log))
  process.stdout.write(`The database is ready: ${database.url}\nAs its superuser: ${database.adminUrl}\n`)
  const keepAlive = setInterval(() => undefined, 60_000)
  await stopped
  clearInterval(keepAlive)
  return 0
}
