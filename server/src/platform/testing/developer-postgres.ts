import { spawn } from 'node:child_process'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { environment } from '../config/environment.ts'
import { createLog } from '../log.ts'
import { startEmbeddedPostgres } from '../postgres/embedded.ts'
import { testClustersFolder, unsafeTestSettings } from './test-cluster.ts'

const startPatienceMs = 60_000
const idleCheckMs = 15_000
/** Long enough to edit and run a test again, short enough that nothing is left on the machine after work. */
const idleChecksBeforeStop = 20

/** URL of a PostgreSQL shared by all test files that are run one by one; starts a keeper for it when there is none. */
export async function developerPostgres(): Promise<string> {
  const urlFile = join(await testClustersFolder(), 'developer.url')
  for (let waitedMs = 0; waitedMs < startPatienceMs; waitedMs += 100) {
    const [keeper = '', url = ''] = (await readFile(urlFile, 'utf8').catch(() => '')).split(' ')
    if (isAlive(Number(keeper)) && (await answers(url))) return url
    // A second keeper is refused by the folder's lock and ends, so asking again every few seconds is harmless.
    if (waitedMs % 10_000 === 0) startKeeper()
    await sleep(100)
  }
  throw new Error(`no PostgreSQL for tests came up; try: node ${fileURLToPath(import.meta.url)}`)
}

function startKeeper(): void {
  const { NODE_TEST_CONTEXT: _, NODE_OPTIONS: __, ...env } = environment
  spawn(process.execPath, [fileURLToPath(import.meta.url)], { detached: true, stdio: 'ignore', env }).unref()
}

/** The file of a keeper that is gone must not lead anybody to a server that its successor is still tidying up. */
function isAlive(keeper: number): boolean {
  try {
    return keeper > 0 && process.kill(keeper, 0)
  } catch {
    return false
  }
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url })
  try {
    await client.connect()
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** Keeps the server until nobody has been connected for a while. */
async function keep(): Promise<void> {
  const folder = await testClustersFolder()
  await using server = await startEmbeddedPostgres({
    folder: join(folder, 'developer'),
    log: createLog('info'),
    settings: unsafeTestSettings,
  })
  await dropLeftovers(server.adminUrl)
  await writeFile(join(folder, 'developer.url.new'), `${process.pid} ${server.adminUrl}`, { mode: 0o600 })
  await rename(join(folder, 'developer.url.new'), join(folder, 'developer.url'))
  for (let idle = 0; idle < idleChecksBeforeStop; ) {
    await sleep(idleCheckMs)
    idle = (await isIdle(server.adminUrl)) ? idle + 1 : 0
  }
}

/** Databases of tests that were killed, and templates of earlier migrations. */
async function dropLeftovers(url: string): Promise<void> {
  await withClient(url, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      `select datname as name from pg_database where datname ~ '^(test|draft|template)_'`,
    )
    for (const { name } of rows) await client.query(`drop database "${name}" with (force)`)
  })
}

async function isIdle(url: string): Promise<boolean> {
  return withClient(url, async (client) => {
    const { rowCount } = await client.query(
      `select from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()`,
    )
    return rowCount === 0
  }).catch(() => false)
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

if (import.meta.main) await keep()
