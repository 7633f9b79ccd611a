import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { createLog } from '../log.ts'
import { atEnd } from '../testing/cleanup.ts'
import { startEmbeddedPostgres } from './embedded.ts'
import { isRunning, type ProcessIdentity } from './process-table.ts'

/** What a node says about its PostgreSQL, one JSON line on its stdout. */
export type NodeReport = { url: string; adminUrl: string; postgres: number }

/** A data folder for one test; whatever PostgreSQL still runs in it is stopped at the end. */
export async function dataFolder(t: TestContext, name = 'dure-pg-'): Promise<string> {
  const data = await mkdtemp(join(tmpdir(), name))
  const folder = join(data, 'postgres')
  atEnd(t, async () => {
    const last = await startEmbeddedPostgres({ folder, log: createLog('silent') }).catch(() => undefined)
    await last?.close()
    await rm(data, { recursive: true, force: true })
  })
  return folder
}

/** A separate Node process that runs the embedded PostgreSQL, so that it can be killed. */
export async function startNode(
  t: TestContext,
  folder: string,
  ending: 'close' | 'exit' = 'close',
): Promise<{ process: ChildProcess & { pid: number }; report: NodeReport }> {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), folder, ending], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  atEnd(t, async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  })
  const complaint = text(child.stderr)
  const { pid } = child
  if (pid === undefined) throw new Error('the node did not start')
  for await (const line of createInterface(child.stdout)) {
    if (line.startsWith('{"url"')) return { process: Object.assign(child, { pid }), report: JSON.parse(line) }
  }
  throw new Error(`the node ended before PostgreSQL was up: ${await complaint}`)
}

export async function query<Row extends pg.QueryResultRow>(url: string, statement: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url })
  // A server that is killed in the middle is what these tests are about.
  client.on('error', () => undefined)
  await client.connect()
  try {
    return (await client.query<Row>(statement)).rows
  } finally {
    await client.end()
  }
}

/** Asks again until `question` gives something other than undefined; the limit is only there to fail a broken test. */
export async function eventually<T>(question: () => Promise<T | undefined> | T | undefined): Promise<T> {
  const deadline = performance.now() + 30_000
  for (;;) {
    const answer = await question()
    if (answer !== undefined) return answer
    if (performance.now() > deadline) throw new Error('it did not happen within 30 s')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

export function gone(identity: ProcessIdentity): Promise<true> {
  return eventually(() => (isRunning(identity) ? undefined : true))
}

if (import.meta.main) {
  const [folder = '', ending = 'close'] = process.argv.slice(2)
  const server = await startEmbeddedPostgres({ folder, log: createLog('silent') })
  const keepAlive = setInterval(() => undefined, 60_000)
  process.on('SIGTERM', async () => {
    clearInterval(keepAlive)
    if (ending === 'close') await server.close()
    else process.exit(0)
  })
  process.stdout.write(
    `${JSON.stringify({ url: server.url, adminUrl: server.adminUrl, postgres: server.pid })}\n`,
  )
}
