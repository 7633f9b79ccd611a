import type { Database } from '../../../platform/db/database.ts'
import { nothing, sql } from '../../../platform/db/sql.ts'
import type { JsonObject } from '../../../platform/json.ts'
import { type Created, createdWithin, missing, type Page, readPage } from './read.ts'

type EventRow = { id: string; body: string }

/** Throws `checkout.resource_missing`. */
export async function readEvent(db: Database, shop: string, id: string): Promise<JsonObject> {
  const [row] = await rowsById(db, shop, id)
  if (!row) throw missing('event', id)
  return JSON.parse(row.body)
}

function rowsById(db: Database, shop: string, id: string): Promise<EventRow[]> {
  return db.rows<EventRow>(sql`select id, body from checkout.event where shop = ${shop} and id = ${id}`)
}

export async function listEvents(
  db: Database,
  {
    shop,
    page,
    types,
    created,
  }: { shop: string; page: Page; types: readonly string[] | undefined; created: Created | undefined },
): Promise<{ events: JsonObject[]; more: boolean }> {
  // `charge.*` and `*` are patterns; an underscore is only itself.
  const patterns = types?.map((type) => type.replaceAll('_', '\\_').replace(/\*$/, '%'))
  const { rows, more } = await readPage<EventRow>(
    page,
    (bound, direction, limit) =>
      db.rows<EventRow>(sql`
        select id, body from checkout.event
        where shop = ${shop} ${patterns === undefined ? nothing : sql`and type like any(${patterns})`} ${createdWithin(created)}
          ${bound(sql`select number from checkout.event where shop = ${shop} and id = `)}
        order by number ${direction} limit ${limit}`),
    (id, parameter) => missing('event', id, parameter),
    async (id) => (await rowsById(db, shop, id)).length > 0,
  )
  return { events: rows.map(({ body }) => JSON.parse(body)), more }
}
