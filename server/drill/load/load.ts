import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Load, LoadOptions } from './types.ts'

/** What goes to the load's process, and what comes back. */
export type Call = { id: number; call: keyof Load; args: unknown[] }
export type Reply = { log: string } | { id: number; result?: unknown; error?: string }

const program = fileURLToPath(new URL('process.ts', import.meta.url))

/** Starts the load in a process of its own, so that neither stalls the other; resolves when everybody is there. */
export async function startLoad({ within = [], log = () => {}, ...options }: LoadOptions): Promise<Load> {
  const [command = process.execPath, ...words] = [
    ...within,
    process.execPath,
    program,
    JSON.stringify(options),
  ]
  const child = spawn(command, words, {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    serialization: 'advanced',
  })
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()
  let calls = 0
  const ended = once(child, 'exit')
  ended.then(
    ([code, signal]) => failAll(new Error(`the load ended with ${code ?? signal}`)),
    (error: unknown) => failAll(error),
  )

  function failAll(error: unknown): void {
    for (const { reject } of waiting.values()) reject(error)
    waiting.clear()
  }

  child.on('message', (reply: Reply) => {
    if ('log' in reply) return log(reply.log)
    const answer = waiting.get(reply.id)
    waiting.delete(reply.id)
    if (reply.error === undefined) answer?.resolve(reply.result)
    else answer?.reject(new Error(reply.error))
  })

  /** Id 0 is the start, which needs no call. */
  function answerTo<T>(id: number): Promise<T> {
    const answer = Promise.withResolvers<unknown>()
    waiting.set(id, answer)
    return answer.promise as Promise<T>
  }

  function ask<T>(call: keyof Load, ...args: unknown[]): Promise<T> {
    if (child.exitCode !== null || !child.connected) return Promise.reject(new Error('the load has ended'))
    const answer = answerTo<T>(++calls)
    child.send({ id: calls, call, args } satisfies Call)
    return answer
  }

  await answerTo(0)
  return {
    mark: (text, site) => ask('mark', text, site),
    window: () => ask('window'),
    series: () => ask('series'),
    settle: () => ask('settle'),
    resume: () => ask('resume'),
    verify: (wanted) => ask('verify', wanted),
    async stop() {
      await ask('stop').catch(() => undefined)
      child.kill()
      await ended
    },
  }
}
