import { isAbsolute, join } from 'node:path'
import { type DureConfiguration, readConfiguration } from '../configuration.ts'
import { environment } from '../platform/config/environment.ts'
import { createLog, type Log } from '../platform/log.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../platform/postgres/embedded.ts'

/** Starts the embedded PostgreSQL in the node's data folder. */
export function startOwnDatabase({ core }: DureConfiguration, log: Log): Promise<EmbeddedPostgres> {
  // PostgreSQL does not run as root; the user it runs as instead could not enter a folder below root's home.
  const fallback = process.getuid?.() === 0 ? '/var/lib/dure' : 'data'
  const data = core.data ?? fallback
  return startEmbeddedPostgres({
    folder: join(isAbsolute(data) ? data : join(process.cwd(), data), 'postgres'),
    log,
  })
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
