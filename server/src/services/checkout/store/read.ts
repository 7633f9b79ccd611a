import type { Database } from '../../../platform/db/database.ts'
import { nothing, type Sql, sql } from '../../../platform/db/sql.ts'
import { gather } from '../../../platform/gather.ts'
import { type Document, isKind, type Kind } from '../documents.ts'
import { refuse } from '../refusals.ts'
import { place } from './draft.ts'
import { asDocument, type DocumentRow, documentColumns } from './rows.ts'

/** Documents of a shop by id. */
export async function readDocuments(
  db: Database,
  shop: string,
  ids: readonly string[],
): Promise<Map<string, Document>> {
  if (ids.length === 0) return new Map()
  const rows = await db.rows<DocumentRow>(sql`
    select ${documentColumns} from checkout.document where shop = ${shop} and id = any(${[...new Set(ids)]})`)
  return new Map(rows.map((row) => [row.id, asDocument(row)]))
}

/**
 * Reads charges: those that are asked for in the same turn, as after a commit that many requests shared, in one query. Which are
 * there is known to who asks.
 */
export function gatherCharges(db: Database): (shop: string, id: string) => Promise<Document<'charge'>> {
  const read = gather(async (places) => {
    const wanted = places.map((at) => at.split('\n'))
    const rows = await db.rows<DocumentRow>(sql`
      select ${documentColumns}
      from unnest(${wanted.map(([shop]) => shop)}::text[], ${wanted.map(([, id]) => id)}::text[]) as wanted (shop, id)
      cross join lateral (
        select * from checkout.document where document.shop = wanted.shop and document.id = wanted.id offset 0
      ) as document`)
    return new Map(rows.map((row) => [place(row.shop, row.id), asDocument(row)]))
  })
  return async (shop, id) => {
    const found = await read(place(shop, id))
    if (!isKind(found, 'charge')) throw new Error(`${id} is no charge`)
    return found
  }
}

/** Throws `checkout.resource_missing`. */
export async function readDocument<K extends Kind>(
  db: Database,
  shop: string,
  kind: K,
  id: string,
  parameter = 'id',
): Promise<Document<K>> {
  const found = (await readDocuments(db, shop, [id])).get(id)
  if (found?.kind !== kind) throw missing(kind, id, parameter)
  return found as Document<K>
}

export function missing(kind: string, id: string, parameter = 'id') {
  return refuse('checkout.resource_missing', {
    message: `No such ${kind}: '${id.slice(0, 100)}'`,
    extra: { param: parameter },
  })
}

export type Page = { limit: number; startingAfter?: string | undefined; endingBefore?: string | undefined }
export type Created = {
  gt?: number | undefined
  gte?: number | undefined
  lt?: number | undefined
  lte?: number | undefined
}

export type Listing = {
  shop: string
  kind: Kind
  page: Page
  intent?: string | undefined
  customer?: string | undefined
  created?: Created | undefined
  /** Members of the body that must be so. */
  body?: Record<string, string> | undefined
}

/**
 * Newest first. With `endingBefore` the page is that just before the object named, still newest first.
 * https://docs.stripe.com/api/pagination
 */
export async function listDocuments(
  db: Database,
  { shop, kind, page, intent, customer, created, body }: Listing,
): Promise<{ documents: Document[]; more: boolean }> {
  const where = sql`shop = ${shop} and kind = ${kind} and coalesce((body->>'deleted')::boolean, false) = false
    ${intent === undefined ? nothing : sql`and intent = ${intent}`}
    ${customer === undefined ? nothing : sql`and customer = ${customer}`}
    ${body === undefined ? nothing : sql`and body @> ${JSON.stringify(body)}::jsonb`}
    ${createdWithin(created)}`
  const { rows, more } = await readPage<DocumentRow>(
    page,
    (bound, direction, limit) =>
      db.rows<DocumentRow>(sql`
      select ${documentColumns} from checkout.document
      where ${where} ${bound(sql`select number from checkout.document where shop = ${shop} and id = `)}
      order by number ${direction} limit ${limit}`),
    (id, parameter) => missing(kind, id, parameter),
    async (id) => (await readDocuments(db, shop, [id])).get(id)?.kind === kind,
  )
  return { documents: rows.map(asDocument), more }
}

/** The same paging for documents and events. */
export async function readPage<Row>(
  { limit, startingAfter, endingBefore }: Page,
  read: (bound: (numberOf: Sql) => Sql, direction: Sql, limit: number) => Promise<Row[]>,
  unknown: (id: string, parameter: string) => Error,
  exists: (id: string) => Promise<boolean>,
): Promise<{ rows: Row[]; more: boolean }> {
  const backwards = endingBefore !== undefined
  const parameter = backwards ? 'ending_before' : 'starting_after'
  if (backwards && startingAfter !== undefined)
    throw refuse('checkout.parameter_invalid', {
      message: 'You can only specify one of these parameters: starting_after, ending_before.',
      extra: { param: parameter },
    })
  const cursor = startingAfter ?? endingBefore
  if (cursor !== undefined && !(await exists(cursor))) throw unknown(cursor, parameter)
  const comparison = backwards ? sql`>` : sql`<`
  const bound = (numberOf: Sql) =>
    cursor === undefined ? nothing : sql`and number ${comparison} (${numberOf}${cursor})`
  const rows = await read(bound, backwards ? sql`asc` : sql`desc`, limit + 1)
  const page = rows.slice(0, limit)
  return { rows: backwards ? page.reverse() : page, more: rows.length > limit }
}

/** Seconds, as shops give them. */
export function createdWithin(created: Created | undefined): Sql {
  if (created === undefined) return nothing
  const { gt, gte, lt, lte } = created
  return sql`
    ${gt === undefined ? nothing : sql`and created_ms >= ${(gt + 1) * 1000}`}
    ${gte === undefined ? nothing : sql`and created_ms >= ${gte * 1000}`}
    ${lt === undefined ? nothing : sql`and created_ms < ${lt * 1000}`}
    ${lte === undefined ? nothing : sql`and created_ms < ${(lte + 1) * 1000}`}`
}
