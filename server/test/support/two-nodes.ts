import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { createLog } from '../../src/platform/log.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/platform/postgres/embedded.ts'
import { atEnd } from '../../src/platform/testing/cleanup.ts'
import { freePort } from './free-port.ts'
import { type NodeProcess, startNode } from './node-process.ts'

/** Two nodes in processes of their own on one PostgreSQL, fsync on, each at an address that it keeps when it restarts. */
export type TwoNodes = {
  urls: readonly [string, string]
  postgres: EmbeddedPostgres
  /** Ends a node (drained, or killed without warning) and starts it again; resolves when it is ready. */
  restart(index: 0 | 1, signal: 'SIGTERM' | 'SIGKILL'): Promise<void>
  isUp(index: 0 | 1): boolean
  /** Kills PostgreSQL without warning, which comes back by itself; false when it is down just now. */
  killPostgres(): boolean
}

export async function startTwoNodes(
  t: TestContext,
  environment: Record<string, string> = {},
): Promise<TwoNodes> {
  const folder = await mkdtemp(join(tmpdir(), 'dure-nodes-'))
  const postgres = await startEmbeddedPostgres({ folder: join(folder, 'postgres'), log: createLog('silent') })
  const ports = [await freePort(), await freePort()] as const
  const nodes: (NodeProcess | undefined)[] = []
  const restarts = new Set<Promise<void>>()
  atEnd(t, async () => {
    await Promise.all(restarts)
    for (const node of nodes) await node?.end()
    await postgres.close()
    await rm(folder, { recursive: true, force: true })
  })

  async function start(index: 0 | 1): Promise<void> {
    const own = {
      DURE_DATABASE_URL: postgres.url,
      DURE_PORT: String(ports[index]),
      DURE_NODE: `node-${index + 1}`,
      DURE_LOG: 'error',
    }
    // PostgreSQL may be gone while the node starts: then it says so and ends, and a service manager starts it again.
    while (nodes[index] === undefined)
      nodes[index] = await startNode({ ...environment, ...own }).catch(() => undefined)
  }
  nodes[0] = undefined
  nodes[1] = undefined
  await start(0)
  await start(1)

  return {
    urls: [`http://127.0.0.1:${ports[0]}`, `http://127.0.0.1:${ports[1]}`],
    postgres,
    isUp: (index) => nodes[index] !== undefined,
    killPostgres() {
      try {
        return process.kill(postgres.pid, 'SIGKILL')
      } catch {
        return false
      }
    },
    restart(index, signal) {
      const node = nodes[index]
      if (!node) return Promise.resolve()
      nodes[index] = undefined
      const restarting = node
        .end(signal)
        .then(() => start(index))
        .finally(() => restarts.delete(restarting))
      restarts.add(restarting)
      return restarting
    },
  }
}
