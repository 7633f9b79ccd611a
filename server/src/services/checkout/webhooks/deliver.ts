import type { Clock } from '../../../platform/clock.ts'
import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { Jobs } from '../../../platform/jobs.ts'
import { OutgoingError } from '../../../platform/outgoing/errors.ts'
import type { Outgoing } from '../../../platform/outgoing/outgoing.ts'
import type { Random } from '../../../platform/random.ts'
import type { EndpointBody } from '../documents.ts'
import { signatureHeaders } from './sign.ts'

export type DeliverDeps = {
  db: Database
  clock: Clock
  random: Random
  jobs: Jobs
  outgoing: Outgoing
  settings: { webhookPatience: number }
}

/** The events of one object, as one endpoint is told them. */
export type Line = { shop: string; endpoint: string; object: string }

type Waiting = { number: number; event: string; attempts: number; body: string; createdMs: number }

const timeoutMs = 10_000
const answerBytesMax = 64 * 1024
const firstWaitMs = 2_000
const waitMaxMs = 3_600_000

/**
 * Tells an endpoint what happened to one object, the oldest first, each until the endpoint has said 2xx: only then the next.
 * What fails waits longer each time, up to an hour; what is older than `webhookPatience` is given up. A node that dies before
 * it has noted an answer tells the event again: shops know events by their ids.
 */
export async function deliver(deps: DeliverDeps, line: Line, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const endpoint = await endpointOf(deps.db, line)
    if (!endpoint) return giveUpAll(deps, line)
    const next = await oldest(deps.db, line)
    if (!next) return
    const outcome = await tell(deps, endpoint, next, signal)
    if (outcome.delivered) await note(deps, line, next, 'delivered', outcome.text)
    else if (deps.clock.now() - next.createdMs > deps.settings.webhookPatience)
      await note(deps, line, next, 'given_up', outcome.text)
    else {
      await note(deps, line, next, 'open', outcome.text)
      return tryLater(deps, line, next.attempts + 1)
    }
  }
}

/** Undefined for one that is deleted or switched off. */
async function endpointOf(db: Database, { shop, endpoint }: Line): Promise<EndpointBody | undefined> {
  const [row] = await db.rows<{ body: EndpointBody }>(sql`
    select body from checkout.document where shop = ${shop} and id = ${endpoint} and kind = 'webhook_endpoint'`)
  return row && !row.body.deleted && !row.body.disabled ? row.body : undefined
}

async function oldest(db: Database, { shop, endpoint, object }: Line): Promise<Waiting | undefined> {
  const [row] = await db.rows<Waiting>(sql`
    select delivery.number, delivery.event, delivery.attempts, event.body, event.created_ms as "createdMs"
    from checkout.delivery join checkout.event on event.shop = delivery.shop and event.id = delivery.event
    where delivery.shop = ${shop} and delivery.endpoint = ${endpoint} and delivery.object = ${object}
      and delivery.state = 'open'
    order by delivery.number limit 1`)
  return row
}

async function tell(
  { outgoing, clock }: DeliverDeps,
  { url, secret }: EndpointBody,
  { event, body }: Waiting,
  signal: AbortSignal,
): Promise<{ delivered: boolean; text: string }> {
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    ...signatureHeaders(secret, event, body, clock.now()),
  }
  try {
    const limits = {
      timeoutMs,
      bodyBytesMax: answerBytesMax,
      truncate: true,
      plainHttp: 'named-networks',
    } as const
    const { status } = await outgoing.send({ url, method: 'POST', headers, body, signal, ...limits })
    return { delivered: status >= 200 && status < 300, text: `answered ${status}` }
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof OutgoingError)) throw error
    return { delivered: false, text: error.problem }
  }
}

async function note(
  { db, clock }: DeliverDeps,
  { shop, endpoint, object }: Line,
  { number }: Waiting,
  state: 'open' | 'delivered' | 'given_up',
  outcome: string,
): Promise<void> {
  await db.run(sql`
    update checkout.delivery
    set state = ${state}, outcome = ${outcome}, attempts = attempts + 1, attempted_ms = ${clock.now()}
    where shop = ${shop} and endpoint = ${endpoint} and object = ${object} and number = ${number} and state = 'open'`)
}

async function giveUpAll({ db }: DeliverDeps, { shop, endpoint, object }: Line): Promise<void> {
  await db.run(sql`
    update checkout.delivery set state = 'given_up', outcome = 'the endpoint is gone'
    where shop = ${shop} and endpoint = ${endpoint} and object = ${object} and state = 'open'`)
}

/** Takes the place of the job that is running, which therefore does not end it. */
async function tryLater(
  { db, jobs, clock, random }: DeliverDeps,
  line: Line,
  attempts: number,
): Promise<void> {
  const waitMs = Math.min(waitMaxMs, firstWaitMs * 2 ** Math.min(attempts - 1, 12))
  const dueAtMs = clock.now() + waitMs + random.below(waitMs / 4)
  await db.transaction((tx) =>
    jobs.enqueue(tx, 'checkout.deliver', { id: lineId(line), payload: line, dueAtMs }),
  )
}

export function lineId({ shop, endpoint, object }: Line): string {
  return `${shop} ${endpoint} ${object}`
}

/** Tells an event again to every endpoint that it was for, in its place among those of its object. Gives how many. */
export async function replay(
  deps: Pick<DeliverDeps, 'db' | 'jobs' | 'clock'>,
  shop: string,
  event: string,
): Promise<number> {
  const lines = await deps.db.transaction(async (tx) => {
    const rows = await tx.rows<Line>(sql`
      update checkout.delivery set state = 'open' where shop = ${shop} and event = ${event}
      returning shop, endpoint, object`)
    await Promise.all(
      rows.map((line) => deps.jobs.enqueue(tx, 'checkout.deliver', { id: lineId(line), payload: line })),
    )
    return rows
  })
  deps.jobs.wake()
  return lines.length
}
