import assert from 'node:assert/strict'
import { Counter, type Registry } from 'prom-client'
import type { Clock } from './clock.ts'
import type { Database, Tx } from './db/database.ts'
import { sql } from './db/sql.ts'
import type { JsonValue } from './json.ts'
import type { Log } from './log.ts'
import type { Random } from './random.ts'
import type { Bus } from './stream/bus.ts'

/**
 * Durable work after a transaction: the outbox. A job is enqueued in the transaction that makes it necessary, and
 * runs at least once, so handlers must be idempotent. A job whose node died is run by another when its lease ends.
 */
export type Jobs = {
  /**
   * `id` is unique per queue: enqueuing an id again that waits or runs replaces its payload and due time, and it is run
   * (again). With `gather`, the list under that name in the payload begins with what the list of the replaced payload held.
   */
  enqueue(tx: Tx, queue: string, job: NewJob): Promise<void>
  /** Wakes the workers after the enqueuing transaction committed; without it they find the job by polling. */
  wake(): void
  /** Registers the handler of a queue, before `start`. Throwing makes the job be tried again, later each time. */
  handle(queue: string, run: (payload: JsonValue, job: RunningJob) => Promise<void>): void
  /** Runs `run` every `everyMs`, on one node at a time. One that goes on for as long as the node lives says so by `endless`. */
  repeat(
    queue: string,
    everyMs: number,
    run: (job: RunningJob) => Promise<void>,
    options?: { endless: boolean },
  ): void
  start(): Promise<void>
  /** Stops taking jobs and waits for those that run. */
  close(): Promise<void>
}

export type NewJob = { id: string; payload: JsonValue; dueAtMs?: number; gather?: string }

export type RunningJob = {
  /** From 1. */
  attempt: number
  /**
   * Aborted when the lease is lost, and when the run takes longer than any should. A run that goes on all the same is waited for as
   * long as a lease lasts; then its place is free, and the job is run again. Check it before effects outside the database.
   */
  signal: AbortSignal
}

type Leased = { queue: string; id: string; payload: JsonValue; attempts: number; fence: number }
type Handler = (payload: JsonValue, job: RunningJob) => Promise<void>

type Queue = { run: Handler; everyMs?: number; endless?: boolean }

const leaseMs = 15_000
/** A run that has not ended by then has lost its lease: it would hold its place, and its job, for as long as the node lives. */
const runMaxMs = 900_000
const pollMs = 1_000
/** Jobs that one node runs at once; a slow one takes one place and holds up nobody else. */
const concurrency = 16
const attemptsMax = 20

export function createJobs(deps: {
  db: Database
  bus: Bus
  clock: Clock
  random: Random
  log: Log
  metrics: Registry
}): Jobs {
  const queues = new Map<string, Queue>()
  const closed = new AbortController()
  let nudged = false
  let interrupt: () => void = () => undefined
  const nudge = () => {
    nudged = true
    interrupt()
  }
  let working: Promise<void> | undefined
  const runs = new Counter({
    name: 'dure_jobs_total',
    help: 'Jobs run, by outcome.',
    labelNames: ['queue', 'outcome'],
    registers: [deps.metrics],
  })

  const running = new Set<Promise<void>>()

  function add(name: string, queue: Queue): void {
    assert(!queues.has(name), `${name} has a handler already`)
    queues.set(name, queue)
  }

  async function work(): Promise<void> {
    while (!closed.signal.aborted) {
      const free = concurrency - running.size
      const leased = free > 0 ? await leaseOrNothing(free) : []
      for (const job of leased) {
        const run = runLeased(deps, job, queues.get(job.queue), runs).finally(() => {
          running.delete(run)
          nudge()
        })
        running.add(run)
      }
      if (leased.length < free || free === 0) await pause()
    }
    await Promise.all(running)
  }

  async function leaseOrNothing(limit: number): Promise<Leased[]> {
    try {
      return await lease(deps, [...queues.keys()], limit)
    } catch (error) {
      deps.log.warn({ err: error }, 'could not look for jobs; trying again')
      return []
    }
  }

  async function pause(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    interrupt = resolve
    if (nudged || closed.signal.aborted) resolve()
    const cancel = deps.clock.after(pollMs + deps.random.below(200), resolve)
    await promise
    cancel()
    nudged = false
  }

  return {
    async enqueue(tx, queue, { id, payload, dueAtMs, gather = null }) {
      await tx.run(sql`
        insert into platform.job as job (queue, id, payload, due_at_ms)
        values (${queue}, ${id}, ${JSON.stringify(payload)}, ${dueAtMs ?? deps.clock.now()})
        on conflict (queue, id) do update set due_at_ms = excluded.due_at_ms,
          payload = case when job.payload -> ${gather}::text is null then excluded.payload
            else jsonb_set(excluded.payload::jsonb, array[${gather}::text],
              (job.payload -> ${gather}::text)::jsonb || (excluded.payload -> ${gather}::text)::jsonb)::json end,
          attempts = 0, fence = job.fence + 1, leased_until_ms = 0, failed_at_ms = null`)
    },
    wake() {
      nudge()
      deps.bus.publish('jobs', null)
    },
    handle: (queue, run) => add(queue, { run }),
    repeat: (queue, everyMs, run, options) =>
      add(queue, { run: (_payload, job) => run(job), everyMs, ...options }),
    async start() {
      deps.bus.subscribe('jobs', nudge)
      for (const [queue, { everyMs }] of queues) {
        if (everyMs === undefined) continue
        await deps.db.run(sql`
          insert into platform.job (queue, id, payload, due_at_ms)
          values (${queue}, 'repeat', 'null', ${deps.clock.now() + deps.random.below(everyMs)}) on conflict do nothing`)
      }
      working = work()
    },
    async close() {
      closed.abort(new Error('jobs are closed'))
      nudge()
      await working
    },
  }
}

function lease(deps: { db: Database; clock: Clock }, queues: string[], limit: number): Promise<Leased[]> {
  const now = deps.clock.now()
  return deps.db.transaction((tx) =>
    tx.rows<Leased>(sql`
      update platform.job set leased_until_ms = ${now + leaseMs}, attempts = attempts + 1, fence = fence + 1
      where (queue, id) in (
        select queue, id from platform.job
        where due_at_ms <= ${now} and leased_until_ms <= ${now} and failed_at_ms is null and queue = any(${queues})
        order by due_at_ms limit ${limit} for update skip locked
      )
      returning queue, id, payload, attempts, fence`),
  )
}

async function runLeased(
  deps: { db: Database; clock: Clock; random: Random; log: Log },
  job: Leased,
  { run, everyMs, endless = false }: Queue = { run: async () => undefined },
  runs: Counter<'queue' | 'outcome'>,
): Promise<void> {
  const lost = new AbortController()
  const giveUp = Promise.withResolvers<never>()
  giveUp.promise.catch(() => undefined)
  let stopWaiting: () => void = () => undefined
  const waitNoLonger = () => {
    stopWaiting = deps.clock.after(leaseMs, () => giveUp.reject(lost.signal.reason))
  }
  lost.signal.addEventListener('abort', waitNoLonger, { once: true })
  const stopBeating = keepLease(deps, job, lost, endless ? Number.POSITIVE_INFINITY : runMaxMs)
  try {
    // A run that is given up may still come to its end some day. What it does then is a second delivery, and as harmless; the job's
    // row is no longer its own.
    await Promise.race([run(job.payload, { attempt: job.attempts, signal: lost.signal }), giveUp.promise])
    await finish(deps, job, everyMs)
    runs.labels(job.queue, 'done').inc()
  } catch (error) {
    runs.labels(job.queue, 'failed').inc()
    deps.log.warn({ err: error, queue: job.queue, id: job.id, attempt: job.attempts }, 'a job failed')
    // When even this fails, the lease runs out and the job is taken up again.
    await retryLater(deps, job, error, everyMs).catch(() => undefined)
  } finally {
    stopBeating()
    stopWaiting()
  }
}

/** Extends the lease while the handler runs; aborts `lost` when another worker has taken the job, or after `runMaxMs`. */
function keepLease(
  deps: { db: Database; clock: Clock; log: Log },
  job: Leased,
  lost: AbortController,
  maxMs: number,
): () => void {
  const beganAtMs = deps.clock.now()
  let cancel: () => void = () => undefined
  const beat = async () => {
    if (deps.clock.now() - beganAtMs >= maxMs) throw new Error('the run took too long and was given up')
    const touched = await deps.db.run(sql`
      update platform.job set leased_until_ms = ${deps.clock.now() + leaseMs}
      where queue = ${job.queue} and id = ${job.id} and fence = ${job.fence}`)
    if (touched === 0) lost.abort(new Error('the lease was lost'))
    else schedule()
  }
  const schedule = () => {
    cancel = deps.clock.after(leaseMs / 3, () => {
      beat().catch((error: unknown) => lost.abort(error))
    })
  }
  schedule()
  return () => cancel()
}

async function finish(
  deps: { db: Database; clock: Clock },
  job: Leased,
  everyMs: number | undefined,
): Promise<void> {
  if (everyMs === undefined) {
    await deps.db.run(
      sql`delete from platform.job where queue = ${job.queue} and id = ${job.id} and fence = ${job.fence}`,
    )
  } else {
    await deps.db.run(sql`
      update platform.job set due_at_ms = ${deps.clock.now() + everyMs}, leased_until_ms = 0, attempts = 0, last_error = null
      where queue = ${job.queue} and id = ${job.id} and fence = ${job.fence}`)
  }
}

/** Doubles the wait from one second to an hour; after `attemptsMax` the job is kept, marked failed, for an operator. */
async function retryLater(
  deps: { db: Database; clock: Clock; random: Random },
  job: Leased,
  error: unknown,
  everyMs: number | undefined,
): Promise<void> {
  const now = deps.clock.now()
  const waitMs = Math.min(3_600_000, 500 * 2 ** Math.min(job.attempts, 13)) + deps.random.below(500)
  const failedAt = job.attempts >= attemptsMax && everyMs === undefined ? now : null
  await deps.db.run(sql`
    update platform.job set due_at_ms = ${now + waitMs}, leased_until_ms = 0, failed_at_ms = ${failedAt},
      last_error = ${error instanceof Error ? error.message : String(error)}
    where queue = ${job.queue} and id = ${job.id} and fence = ${job.fence}`)
}
