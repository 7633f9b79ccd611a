import type { Tx } from '../../../platform/db/database.ts'
import { jsonTexts, sql } from '../../../platform/db/sql.ts'
import type { Jobs } from '../../../platform/jobs.ts'
import type { Document, EndpointBody } from '../documents.ts'
import { lineId } from '../webhooks/deliver.ts'
import { type BatchDraft, type Claim, KeyRace, type NewEvent, place } from './draft.ts'

/**
 * Writes what a batch has left: claims, documents, events, answers, and for each endpoint that wants an event a delivery
 * with its job. Gives whether there are jobs to wake anybody for.
 */
export async function writeBatch(
  deps: { jobs: Jobs },
  tx: Tx,
  batch: BatchDraft,
  claimed: readonly (Claim & { shop: string })[],
): Promise<boolean> {
  const rows = [...batch.changed].flatMap((at) => batch.documents.get(at) ?? [])
  const isLoaded = ({ shop, id }: Document) => batch.loaded.has(place(shop, id))
  const [endpoints, numbers] = await Promise.all([
    endpointsOf(tx, batch.events),
    writeEvents(tx, batch.events),
    writeClaims(tx, batch, claimed),
    insertDocuments(
      tx,
      rows.filter((row) => !isLoaded(row)),
    ),
    updateDocuments(tx, rows.filter(isLoaded)),
    writeAnswers(tx, batch, claimed),
  ])
  return endpoints.length > 0 && writeDeliveries(deps, tx, batch.events, numbers, endpoints)
}

async function writeClaims(
  tx: Tx,
  { nowMs, answers }: BatchDraft,
  claimed: readonly (Claim & { shop: string })[],
): Promise<void> {
  if (claimed.length === 0) return
  const sorted = claimed.toSorted((a, b) => compare(a.shop, b.shop) || compare(a.key, b.key))
  const answerOf = ({ shop, key }: { shop: string; key: string }) => answers.get(place(shop, key))
  const written = await tx.run(sql`
    insert into checkout.request (shop, key, digest, created_ms, status, answer)
    select shop, key, digest, ${nowMs}, status, answer from unnest(
      ${sorted.map(({ shop }) => shop)}::text[], ${sorted.map(({ key }) => key)}::text[],
      ${sorted.map(({ digest }) => digest)}::text[],
      ${sorted.map((claim) => answerOf(claim)?.status ?? null)}::int[],
      ${jsonTexts(sorted.map((claim) => answerOf(claim)?.body))}) as new (shop, key, digest, status, answer)
    on conflict do nothing`)
  if (written < sorted.length) throw new KeyRace()
}

async function insertDocuments(tx: Tx, rows: readonly Document[]): Promise<void> {
  if (rows.length === 0) return
  const column = <Value>(value: (document: Document) => Value) => rows.map(value)
  await tx.run(sql`
    insert into checkout.document (shop, id, kind, created_ms, intent, customer, due_at_ms, body)
    select shop, id, kind, created_ms, intent, customer, due_at_ms, body::jsonb from unnest(
      ${column(({ shop }) => shop)}::text[], ${column(({ id }) => id)}::text[], ${column(({ kind }) => kind)}::text[],
      ${column(({ createdMs }) => createdMs)}::bigint[], ${column(({ intent }) => intent ?? null)}::text[],
      ${column(({ customer }) => customer ?? null)}::text[], ${column(({ dueAtMs }) => dueAtMs ?? null)}::bigint[],
      ${jsonTexts(column(({ body }) => JSON.stringify(body)))})
      as new (shop, id, kind, created_ms, intent, customer, due_at_ms, body)`)
}

/** Those that the batch has locked. */
async function updateDocuments(tx: Tx, rows: readonly Document[]): Promise<void> {
  if (rows.length === 0) return
  const column = <Value>(value: (document: Document) => Value) => rows.map(value)
  await tx.run(sql`
    update checkout.document set customer = new.customer, due_at_ms = new.due_at_ms, body = new.body::jsonb
    from unnest(
      ${column(({ shop }) => shop)}::text[], ${column(({ id }) => id)}::text[],
      ${column(({ customer }) => customer ?? null)}::text[], ${column(({ dueAtMs }) => dueAtMs ?? null)}::bigint[],
      ${jsonTexts(column(({ body }) => JSON.stringify(body)))}) as new (shop, id, customer, due_at_ms, body)
    cross join lateral (
      select ctid from checkout.document as found where found.shop = new.shop and found.id = new.id offset 0
    ) as row
    where document.ctid = row.ctid`)
}

async function writeEvents(tx: Tx, events: readonly NewEvent[]): Promise<ReadonlyMap<string, number>> {
  if (events.length === 0) return new Map()
  const rows = await tx.rows<{ id: string; number: number }>(sql`
    insert into checkout.event (shop, id, type, created_ms, body)
    select shop, id, type, created_ms, body from unnest(
      ${events.map(({ shop }) => shop)}::text[], ${events.map(({ id }) => id)}::text[],
      ${events.map(({ type }) => type)}::text[], ${events.map(({ createdMs }) => createdMs)}::bigint[],
      ${jsonTexts(events.map(({ body }) => body))}) with ordinality as new (shop, id, type, created_ms, body, line)
    order by line
    returning id, number`)
  return new Map(rows.map(({ id, number }) => [id, number]))
}

/** Those of claims made in this very batch are written with them. */
async function writeAnswers(
  tx: Tx,
  { answers }: BatchDraft,
  claimed: readonly (Claim & { shop: string })[],
): Promise<void> {
  const written = new Set(claimed.map(({ shop, key }) => place(shop, key)))
  const rows = [...answers].filter(([at]) => !written.has(at)).map(([, answer]) => answer)
  if (rows.length === 0) return
  await tx.run(sql`
    update checkout.request set status = new.status, answer = new.answer
    from unnest(
      ${rows.map(({ shop }) => shop)}::text[], ${rows.map(({ key }) => key)}::text[],
      ${rows.map(({ status }) => status)}::int[], ${jsonTexts(rows.map(({ body }) => body))})
      as new (shop, key, status, answer)
    cross join lateral (
      select ctid from checkout.request as found where found.shop = new.shop and found.key = new.key offset 0
    ) as row
    where request.ctid = row.ctid and request.status is null`)
}

type Endpoint = { shop: string; id: string; body: EndpointBody }

async function endpointsOf(tx: Tx, events: readonly NewEvent[]): Promise<Endpoint[]> {
  if (events.length === 0) return []
  return tx.rows<Endpoint>(sql`
    select shop, id, body from checkout.document
    where shop = any(${[...new Set(events.map(({ shop }) => shop))]}) and kind = 'webhook_endpoint'
      and not (body->>'deleted')::boolean and not (body->>'disabled')::boolean`)
}

async function writeDeliveries(
  { jobs }: { jobs: Jobs },
  tx: Tx,
  events: readonly NewEvent[],
  numbers: ReadonlyMap<string, number>,
  endpoints: readonly Endpoint[],
): Promise<boolean> {
  const rows = endpoints.flatMap((endpoint) =>
    events
      .filter(({ shop, type }) => shop === endpoint.shop && wants(endpoint.body.events, type))
      .map((event) => ({ ...event, endpoint: endpoint.id, number: numbers.get(event.id) ?? 0 })),
  )
  if (rows.length === 0) return false
  await tx.run(sql`
    insert into checkout.delivery (shop, endpoint, object, number, event)
    select * from unnest(
      ${rows.map(({ shop }) => shop)}::text[], ${rows.map(({ endpoint }) => endpoint)}::text[],
      ${rows.map(({ object }) => object)}::text[], ${rows.map(({ number }) => number)}::bigint[],
      ${rows.map(({ id }) => id)}::text[])`)
  const lines = new Map(
    rows.map(({ shop, endpoint, object }) => [
      lineId({ shop, endpoint, object }),
      { shop, endpoint, object },
    ]),
  )
  await Promise.all([...lines].map(([id, payload]) => jobs.enqueue(tx, 'checkout.deliver', { id, payload })))
  return true
}

export function wants(wanted: readonly string[], type: string): boolean {
  return wanted.some(
    (name) => name === '*' || name === type || (name.endsWith('.*') && type.startsWith(name.slice(0, -1))),
  )
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
