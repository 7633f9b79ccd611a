import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { LedgerRequest } from '../../src/services/ledger/api.ts'

const script = fileURLToPath(new URL('./ledger-node.ts', import.meta.url))

/** A ledger node that can be killed. A request that gets no answer because the node died, or the database, is `lost`. */
export type LedgerNode = {
  post(request: LedgerRequest): Promise<string>
  isUp(): boolean
  kill(): void
  /** Starts it again until it comes up. */
  start(): Promise<void>
  close(): Promise<void>
}

export function createLedgerNode(databaseUrl: string, name: string): LedgerNode {
  let child: ChildProcess | undefined
  const waiting = new Map<string, (outcome: string) => void>()

  function loseAll(): void {
    for (const resolve of waiting.values()) resolve('lost')
    waiting.clear()
  }

  async function startOnce(): Promise<boolean> {
    const started = spawn(process.execPath, [script], {
      env: { PATH: process.env['PATH'], DURE_DATABASE_URL: databaseUrl, DURE_NODE: name, DURE_PORT: '0' },
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    // Writing to a process that has just been killed is what this drill does.
    started.stdin.on('error', () => undefined)
    const ready = Promise.withResolvers<boolean>()
    createInterface({ input: started.stdout }).on('line', (line) => {
      if (line === 'ready') return ready.resolve(true)
      const [id, outcome] = JSON.parse(line) as [string, string]
      waiting.get(id)?.(outcome)
      waiting.delete(id)
    })
    started.once('exit', () => {
      ready.resolve(false)
      if (child === started) child = undefined
      loseAll()
    })
    if (!(await ready.promise)) return false
    child = started
    return true
  }

  return {
    post({ scope, id, steps }) {
      const node = child
      if (!node?.stdin) return Promise.resolve('lost')
      return new Promise((resolve) => {
        waiting.set(id, resolve)
        const asText = (_: string, value: unknown) => (typeof value === 'bigint' ? value.toString() : value)
        node.stdin?.write(`${JSON.stringify({ scope, id, steps }, asText)}\n`)
      })
    },
    isUp: () => child !== undefined,
    kill: () => void child?.kill('SIGKILL'),
    async start() {
      while (!child) await startOnce()
    },
    async close() {
      const node = child
      if (!node) return
      const exited = once(node, 'exit')
      node.stdin?.end()
      await exited
    },
  }
}
