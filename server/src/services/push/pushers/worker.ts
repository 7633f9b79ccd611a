import { Counter, type Registry } from 'prom-client'
import type { Clock } from '../../../platform/clock.ts'
import type { Log } from '../../../platform/log.ts'
import type { Random } from '../../../platform/random.ts'
import type { Stream } from '../../../platform/stream/stream.ts'
import { type DeliverDeps, deliver } from './deliver.ts'
import { leasePushers, postpone } from './lease-pushers.ts'
import { type MarkDeps, markPushers } from './mark-pushers.ts'
import type { LeasedPusher } from './pusher.ts'

export type WorkerDeps = DeliverDeps &
  MarkDeps & { log: Log; random: Random; metrics: Registry; stream: Pick<Stream, 'onAdvance'> }

/** Follows the stream for all pushers, and sends what is due. Every node does; each pusher is in the hands of one. */
export type Worker = {
  start(): void
  /** Looks for work at once instead of within a second. */
  wake(): void
  /** Stops, gives back what was on its way, and resolves when nothing runs. */
  close(): Promise<void>
}

/** Pushers in hand at once on a node, and of these with one gateway. */
const inHandMax = 64
const perGateway = 16
const pollMs = 1_000
/** Between two looks at the stream, so that a busy server reads its events for pushers in few, larger pieces. */
const markEveryMs = 100
const waitMaxMs = 3_600_000

export function createWorker(deps: WorkerDeps): Worker {
  const { log, random } = deps
  const closed = new AbortController()
  const inHand = new Map<Promise<void>, string>()
  const outcomes = new Counter({
    name: 'dure_push_deliveries_total',
    help: 'Times a pusher was looked after, by outcome.',
    labelNames: ['outcome'],
    registers: [deps.metrics],
  })
  const marking = createAlarm(deps)
  const sending = createAlarm(deps)
  let loops: Promise<unknown> | undefined
  let unfollow: () => void = () => undefined

  async function mark(): Promise<void> {
    while (!closed.signal.aborted) {
      const { marked, more } = await markPushers(deps).catch((error: unknown) => {
        log.warn({ err: error }, 'could not look for pushers to notify; trying again')
        return { marked: 0, more: false }
      })
      if (marked > 0) sending.ring()
      if (more) continue
      await deps.clock.sleep(markEveryMs, closed.signal).catch(() => undefined)
      await marking.rung(pollMs)
    }
  }

  async function send(): Promise<void> {
    while (!closed.signal.aborted) {
      const limit = inHandMax - inHand.size
      const leased = limit > 0 ? await leaseOrNothing(limit) : []
      for (const pusher of leased) {
        const run = runOne(pusher).finally(() => {
          inHand.delete(run)
          sending.ring()
        })
        inHand.set(run, pusher.gateway)
      }
      if (leased.length === 0) await sending.rung(pollMs)
    }
    await Promise.all(inHand.keys())
  }

  async function leaseOrNothing(limit: number): Promise<LeasedPusher[]> {
    const busy = new Map<string, number>()
    for (const gateway of inHand.values()) busy.set(gateway, (busy.get(gateway) ?? 0) + 1)
    try {
      return await leasePushers(deps, { limit, perGateway, busy })
    } catch (error) {
      log.warn({ err: error }, 'could not look for pushers that are due; trying again')
      return []
    }
  }

  async function runOne(pusher: LeasedPusher): Promise<void> {
    try {
      await deliver(deps, pusher, closed.signal)
      outcomes.labels('done').inc()
    } catch (error) {
      const countsAsAttempt = !closed.signal.aborted
      outcomes.labels(countsAsAttempt ? 'failed' : 'given back').inc()
      const problem = error instanceof Error ? error.message : String(error)
      const waitMs = countsAsAttempt ? backOffMs(pusher.attempts, random) : 0
      if (countsAsAttempt)
        log.info({ gateway: pusher.gateway, attempt: pusher.attempts, problem }, 'a pusher was not served')
      // When even this fails, the lease runs out and the pusher is taken up again.
      await postpone(deps, pusher, { waitMs, problem, countsAsAttempt }).catch(() => undefined)
    }
  }

  return {
    start() {
      unfollow = deps.stream.onAdvance((_position, moves) => {
        if (moves.some(({ topic }) => topic === 'rooms' || topic === 'receipts')) marking.ring()
      })
      loops = Promise.all([mark(), send()])
    },
    wake: () => sending.ring(),
    async close() {
      unfollow()
      closed.abort(new Error('the node ends'))
      marking.ring()
      sending.ring()
      await loops
    },
  }
}

/** Doubles the wait from one second to an hour. A gateway that is back gets what is still unread then. */
function backOffMs(attempts: number, random: Random): number {
  return Math.min(waitMaxMs, 500 * 2 ** Math.min(attempts, 13)) + random.below(500)
}

/** A bell that remembers being rung while nobody waited. */
function createAlarm({ clock }: { clock: Clock }): { ring(): void; rung(atMostMs: number): Promise<void> } {
  let isRung = false
  let wake: () => void = () => undefined
  return {
    ring() {
      isRung = true
      wake()
    },
    async rung(atMostMs) {
      const { promise, resolve } = Promise.withResolvers<void>()
      wake = resolve
      if (isRung) resolve()
      const cancel = clock.after(atMostMs, resolve)
      await promise
      cancel()
      isRung = false
    },
  }
}
