import { Counter, Gauge, type Registry } from 'prom-client'
import type { Clock } from '../../../platform/clock.ts'
import type { Database } from '../../../platform/db/database.ts'
import type { Log } from '../../../platform/log.ts'
import type { Random } from '../../../platform/random.ts'
import type { Stream } from '../../../platform/stream/stream.ts'
import type { CallService } from '../connections/call-service.ts'
import { ServiceSilent } from '../connections/call-service.ts'
import type { Service } from '../connections/connections.ts'
import { type CollectDeps, collect } from './collect.ts'
import {
  advance,
  confirm,
  type Delivery,
  DeliveryLost,
  reload,
  takeOver,
  transactionIdOf,
} from './delivery-row.ts'
import { createInterest, type Interest } from './interest.ts'
import type { Mailbox } from './mailbox.ts'

export type SenderDeps = CollectDeps & {
  rooms: CollectDeps['rooms'] & Parameters<typeof createInterest>[0]['rooms']
  db: Database
  stream: Pick<Stream, 'position'>
  clock: Clock
  random: Pick<Random, 'below'>
  log: Log
  call: CallService
  metrics: SenderMetrics
}

export type SenderMetrics = ReturnType<typeof senderMetrics>

export function senderMetrics(metrics: Registry) {
  return {
    transactions: new Counter({
      name: 'dure_application_service_transactions_total',
      help: 'Transactions sent to application services, by outcome.',
      labelNames: ['service', 'outcome'],
      registers: [metrics],
    }),
    behind: new Gauge({
      name: 'dure_application_service_positions_behind',
      help: 'How far the stream has gone on beyond what an application service has been told, on the node that sends to it.',
      labelNames: ['service'],
      registers: [metrics],
    }),
  }
}

const timeoutMs = 60_000
const backOffMinMs = 1_000
const backOffMaxMs = 300_000
const troubleMs = 1_000
/** How often the place in the stream is written down while nothing concerns the service. */
const noteEveryMs = 10_000

/** Longer than it takes to learn that the lease is lost. */
const leaseNewsMs = 7_000

/**
 * Sends a service its transactions, one after the other, until `signal` says to stop. Only the node that holds the lease
 * calls this. A transaction is written down before it is sent, and sent again as it is until the service confirms it: whoever
 * carries on after a crash sends the same id and the same bytes.
 */
export async function sendTo(
  deps: SenderDeps,
  service: Service,
  { mailbox, signal }: { mailbox: Mailbox; signal: AbortSignal },
): Promise<void> {
  while (!signal.aborted) {
    try {
      await sendUntilTrouble(deps, service, { mailbox, signal })
    } catch (error) {
      if (signal.aborted) return
      deps.log.warn({ err: error, service: service.id }, 'could not go on telling an application service')
      // When another node sends now, the signal is about to say so; when not, this node goes on.
      const waitMs = error instanceof DeliveryLost ? leaseNewsMs : troubleMs
      await deps.clock.sleep(waitMs, signal).catch(() => undefined)
    }
  }
}

/** Each begin reads what stands in the database: after trouble it is not known whether the last write took place. */
async function sendUntilTrouble(
  deps: SenderDeps,
  service: Service,
  { mailbox, signal }: { mailbox: Mailbox; signal: AbortSignal },
): Promise<void> {
  let delivery = await takeOver(deps, service.id)
  const interest = createInterest(deps, service)
  while (!signal.aborted) delivery = await step(deps, { service, interest, mailbox, signal }, delivery)
}

type Round = { service: Service; interest: Interest; mailbox: Mailbox; signal: AbortSignal }

async function step(deps: SenderDeps, round: Round, delivery: Delivery): Promise<Delivery> {
  const { service, interest, mailbox, signal } = round
  if (delivery.body !== null) {
    await deliver(deps, round, delivery)
    return signal.aborted ? delivery : confirm(deps, delivery)
  }
  const upTo = deps.stream.position()
  const soft = mailbox.take()
  deps.metrics.behind.labels(service.id).set(Math.max(0, upTo - delivery.position))
  const collected = await collect(
    deps,
    { service, interest },
    { after: delivery.position, upTo: Math.max(upTo, delivery.position), soft },
  )
  if (collected.body !== null || mailbox.noteIsDue(collected.position, deps.clock.now(), noteEveryMs))
    return advance(deps, delivery, collected)
  if (collected.position >= deps.stream.position()) await mailbox.changed(collected.position, signal)
  return { ...delivery, position: collected.position }
}

/** Resolves when the service has confirmed the transaction, or when it is time to stop. Throws `DeliveryLost`. */
async function deliver(
  deps: SenderDeps,
  { service, mailbox, signal }: Round,
  delivery: Delivery,
): Promise<void> {
  const path = `/transactions/${encodeURIComponent(transactionIdOf(delivery))}`
  const request = {
    method: 'PUT',
    path,
    legacyPath: path,
    body: delivery.body ?? '',
    timeoutMs,
    signal,
  } as const
  for (let attempt = 0; !signal.aborted; attempt++) {
    // A node that slept through the loss of its lease must not send after the one that took over.
    await reload(deps, delivery)
    const problem = await attemptOf(deps, service, request)
    deps.metrics.transactions.labels(service.id, problem === undefined ? 'confirmed' : 'failed').inc()
    if (problem === undefined || signal.aborted) return
    const waitMs = Math.min(backOffMaxMs, backOffMinMs * 2 ** Math.min(attempt, 20)) + deps.random.below(500)
    deps.log.warn(
      { service: service.id, attempt, problem, waitMs },
      'an application service does not take its events',
    )
    await mailbox.nudged(waitMs, signal)
  }
}

async function attemptOf(
  { call }: SenderDeps,
  service: Service,
  request: Parameters<CallService>[1],
): Promise<string | undefined> {
  try {
    const { status } = await call(service, request)
    return status >= 200 && status < 300 ? undefined : `it answered ${status}`
  } catch (error) {
    if (error instanceof ServiceSilent) return error.message
    throw error
  }
}
