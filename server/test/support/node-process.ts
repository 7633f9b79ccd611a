import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** A node in a process of its own, as an operator runs it. */
export type NodeProcess = {
  url: string
  pid: number
  /** Everything it has printed, for a test that fails. */
  output(): string
  /** Sends a signal and waits for the end of the process. */
  end(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>
}

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
const keptLines = 400

/** Starts a node and resolves when it says that it is ready. */
export async function startNode(environment: Record<string, string>): Promise<NodeProcess> {
  const child = spawn(process.execPath, [main], {
    env: {
      PATH: process.env['PATH'],
      DURE_RATE_LIMITS: 'off',
      DURE_LOG: 'warn',
      DURE_PORT: '0',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const lines: string[] = []
  const exited = once(child, 'exit')
  const url = await new Promise<string>((resolve, reject) => {
    const keep = (line: string) => {
      lines.push(line)
      if (lines.length > keptLines) lines.shift()
      const ready = /ready.*?(https?:\/\/\S+)/.exec(line)
      if (ready?.[1]) resolve(ready[1])
    }
    for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', keep)
    exited.then(
      ([code]) => reject(new Error(`the node ended with ${code} before it was ready:\n${lines.join('\n')}`)),
      reject,
    )
  })
  return {
    url,
    pid: pidOf(child),
    output: () => lines.join('\n'),
    end: (signal = 'SIGTERM') => end(child, exited, signal),
  }
}

function pidOf(child: ChildProcess): number {
  if (child.pid === undefined) throw new Error('the node did not start')
  return child.pid
}

async function end(
  child: ChildProcess,
  exited: Promise<unknown>,
  signal: 'SIGTERM' | 'SIGKILL',
): Promise<void> {
  child.kill(signal)
  await exited
}
