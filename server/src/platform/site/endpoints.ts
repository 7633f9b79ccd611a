import type { Clock } from '../clock.ts'

/** One try at an endpoint, by its number; ends when the signal is aborted. */
export type Try<Answer> = (endpoint: number, signal: AbortSignal) => Promise<Answer>

export type Endpoints = {
  /** For what may be asked several times: another endpoint is tried beside one that does not answer soon. */
  read<Answer>(ask: Try<Answer>): Promise<Answer>
  /** For what must not be repeated unseen: asks the endpoint that answered last, once. */
  write<Answer>(ask: Try<Answer>): Promise<Answer>
  /** The endpoint that answered last. */
  current(): number
  close(): void
}

export type EndpointOptions = {
  /** How many there are; number 0 is the own site's. */
  count: number
  /** When a read that has not been answered is asked of the next endpoint too. */
  hedgeMs: number
  /** When a try is given up. */
  timeoutMs: number
}

/** How often a client that had to go elsewhere tries the endpoint of its own site again. */
const returnAfterMs = 10_000

/**
 * Chooses among several endpoints of the same thing.
 *
 * An etcd member without a leader does not answer at all, and a question that was under way when the leader vanished is
 * lost even though a new leader comes within the second. So a read does not wait for a timeout: it goes round the
 * endpoints, back to the first included, until one of them answers.
 */
export function createEndpoints(clock: Pick<Clock, 'after' | 'now'>, options: EndpointOptions): Endpoints {
  const { count, hedgeMs, timeoutMs } = options
  const closed = new AbortController()
  let current = 0
  let returnAtMs = 0

  async function bounded<Answer>(ask: Try<Answer>, endpoint: number): Promise<Answer> {
    const ended = new AbortController()
    const cancel = clock.after(timeoutMs, () => ended.abort())
    try {
      return await ask(endpoint, AbortSignal.any([ended.signal, closed.signal]))
    } finally {
      cancel()
    }
  }

  /** Beside the read that the caller waits for, so that a silent member of the own site costs nobody time. */
  function tryToReturn(ask: Try<unknown>): void {
    if (current === 0 || clock.now() < returnAtMs) return
    returnAtMs = clock.now() + returnAfterMs
    bounded(ask, 0).then(
      () => {
        current = 0
      },
      () => undefined,
    )
  }

  function settleOn(endpoint: number): void {
    if (endpoint !== 0 && current === 0) returnAtMs = clock.now() + returnAfterMs
    current = endpoint
  }

  function read<Answer>(ask: Try<Answer>): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>()
    const first = current
    let begun = 0
    let failed = 0
    let cancelNext: () => void = () => undefined
    const next = () => {
      cancelNext()
      if (begun > count || closed.signal.aborted) return
      const endpoint = (first + begun++) % count
      cancelNext = clock.after(hedgeMs, next)
      bounded(ask, endpoint).then(
        (answer) => {
          cancelNext()
          begun = count + 1
          settleOn(endpoint)
          resolve(answer)
        },
        (error: unknown) => {
          failed++
          if (failed > count || closed.signal.aborted) reject(error)
          else if (failed === begun) next()
        },
      )
    }
    tryToReturn(ask)
    if (closed.signal.aborted) reject(new Error('closed'))
    else next()
    return promise
  }

  return {
    read,
    write: (ask) => bounded(ask, current),
    current: () => current,
    close: () => closed.abort(),
  }
}
