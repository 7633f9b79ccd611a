import { createApp } from '../app.ts'
import { type DureConfiguration, readConfiguration } from '../configuration.ts'
import { environment } from '../platform/config/environment.ts'
import { createLog, type Log } from '../platform/log.ts'
import { startOwnDatabase } from './database.ts'

/**
 * Runs a node until SIGTERM or SIGINT, then drains. The first line on stdout that contains "ready" names the address.
 * A second signal ends the process at once.
 */
export async function startCommand(): Promise<number> {
  const configuration = readConfiguration(environment)
  const log = createLog(configuration.core.log)
  const stopped = stopSignal(log)
  const database = await openDatabase(configuration, log)
  try {
    const app = await createApp({ configuration, databaseUrl: database.url, log })
    const address = await app.listen()
    process.stdout.write(`Dure is ready: ${configuration.core.publicUrl ?? address}\n`)
    await stopped
    await app.close()
  } finally {
    await database.close()
  }
  return 0
}

async function openDatabase(
  configuration: DureConfiguration,
  log: Log,
): Promise<{ url: string; close(): Promise<void> }> {
  const url = configuration.core.databaseUrl
  return url === undefined ? startOwnDatabase(configuration, log) : { url, close: async () => undefined }
}

function stopSignal(log: Log): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.once(signal, () => {
        log.info({ signal }, 'draining')
        process.once(signal, () => process.exit(1))
        resolve()
      })
    }
  })
}
