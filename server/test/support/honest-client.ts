import { setTimeout as sleep } from 'node:timers/promises'
import { type Answer, createHttpClient, type HttpClient, type RequestOptions } from './http-client.ts'

/**
 * A client as every client should be: it knows several addresses, repeats a request that brought no answer - elsewhere,
 * with the same ids, after a little jitter - and never takes an error for an answer.
 */
export type HonestClient = HttpClient & {
  /** Requests that had to be repeated. */
  readonly repeats: number
}

const attemptMs = 40_000
const patienceMs = 60_000

export function createHonestClient(
  baseUrls: readonly string[],
  random: () => number = Math.random,
): HonestClient {
  const nodes = baseUrls.map(createHttpClient)
  let current = Math.floor(random() * nodes.length)
  let repeats = 0

  async function once(method: string, path: string, options: RequestOptions): Promise<Answer | undefined> {
    try {
      const attempt = AbortSignal.timeout(attemptMs)
      const signal = options.signal ? AbortSignal.any([options.signal, attempt]) : attempt
      const answer = await nodes[current]?.send(method, path, { ...options, signal })
      return answer && answer.status < 500 && answer.status !== 429 ? answer : undefined
    } catch (error) {
      if (options.signal?.aborted) throw error
      return undefined
    }
  }

  return {
    get repeats() {
      return repeats
    },
    async send(method, path, options = {}) {
      const deadline = performance.now() + patienceMs
      for (;;) {
        const answer = await once(method, path, options)
        if (answer) return answer
        if (performance.now() > deadline)
          throw new Error(`no answer to ${method} ${path} for ${patienceMs} ms`)
        repeats++
        current = (current + 1) % nodes.length
        await sleep(20 + random() * 80)
      }
    },
    close() {
      for (const node of nodes) node.close()
    },
  }
}
