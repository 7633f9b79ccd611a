import { AsyncLocalStorage } from 'node:async_hooks'
import { Histogram, type Registry } from 'prom-client'
import { Outage, Refusal } from './refusal.ts'

/** What became of one request of a batch: a value, or the error that its caller alone gets. */
export type Outcome<Value> = { value: Value } | { error: Error }

export type BatcherOptions<Request, Value> = {
  /** For metrics, for example `rooms_append`. */
  name: string
  /** Most requests in one batch. */
  sizeMax: number
  /** Most requests waiting; beyond it `submit` throws `Outage`, so that a stalled database cannot fill the memory. */
  waitingMax: number
  /** Writes all requests in one transaction; gives one outcome each, in order. Must be safe to run again. */
  run(requests: readonly Request[]): Promise<Outcome<Value>[]>
}

/**
 * Group commit in the application: requests that arrive while a batch is being committed wait and form the next one.
 * A request is answered only after its batch's commit. When a batch fails as a whole for another reason than an
 * outage, its requests are run one by one, so that one that cannot be written harms only its own caller.
 */
export type Batcher<Request, Value> = {
  submit(request: Request): Promise<Value>
  /** Resolves when everything submitted so far has been answered. */
  idle(): Promise<void>
}

type Waiting<Request, Value> = {
  request: Request
  resolve: (value: Value) => void
  reject: (error: Error) => void
}

export function createBatcher<Request, Value>(
  deps: { metrics: Registry },
  options: BatcherOptions<Request, Value>,
): Batcher<Request, Value> {
  const sizes = batchSizes(deps.metrics)
  const waiting: Waiting<Request, Value>[] = []
  // What the first submitter of a batch is in the middle of, for example work that may be repeated, is not true of the others.
  const apart = AsyncLocalStorage.snapshot()
  let working: Promise<void> | undefined

  async function work(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.splice(0, options.sizeMax)
      sizes.labels(options.name).observe(batch.length)
      await runBatch(batch, options)
    }
    working = undefined
  }

  return {
    submit(request) {
      if (waiting.length >= options.waitingMax)
        return Promise.reject(new Outage('too many writes are waiting'))
      return new Promise((resolve, reject) => {
        waiting.push({ request, resolve, reject })
        // Starting in a microtask lets requests that were parsed in the same turn share the first batch.
        working ??= Promise.resolve().then(() => apart(work))
      })
    },
    async idle() {
      while (working) await working
    },
  }
}

async function runBatch<Request, Value>(
  batch: Waiting<Request, Value>[],
  options: BatcherOptions<Request, Value>,
): Promise<void> {
  try {
    const outcomes = await options.run(batch.map(({ request }) => request))
    for (const [index, entry] of batch.entries()) settle(entry, outcomes[index])
  } catch (cause) {
    const error = cause instanceof Error ? cause : new Error('a batch failed', { cause })
    if (batch.length === 1 || error instanceof Outage || error instanceof Refusal) {
      for (const entry of batch) entry.reject(error)
    } else {
      for (const entry of batch) await runBatch([entry], options)
    }
  }
}

function settle<Request, Value>(entry: Waiting<Request, Value>, outcome: Outcome<Value> | undefined): void {
  if (outcome === undefined) entry.reject(new Error('the batch gave no outcome for this request'))
  else if ('error' in outcome) entry.reject(outcome.error)
  else entry.resolve(outcome.value)
}

function batchSizes(registry: Registry): Histogram<'batch'> {
  const name = 'dure_batch_size'
  const existing = registry.getSingleMetric(name)
  if (existing) return existing as Histogram<'batch'>
  return new Histogram({
    name,
    help: 'Requests per group commit.',
    labelNames: ['batch'],
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256],
    registers: [registry],
  })
}
