import type { Database, Tx } from './database.ts'
import { type Sql, sql } from './sql.ts'

/**
 * For the rest of this transaction rows are looked up one by one in an index: for joins that begin with a list of keys. Where a
 * table has grown since PostgreSQL last looked at it, or all rows share a key's first part, it would rather read the table whole,
 * or keep a copy of it at hand for each key to be compared with. Joins are written as `cross join lateral (... offset 0)`, and what is
 * updated is named by the `ctid` found so, because otherwise the table may still come first and the list be gone through for each row.
 */
export async function lookUpByIndex(tx: Tx): Promise<void> {
  await tx.rows(sql`
    select set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true),
      set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true),
      set_config('enable_material', 'off', true)`)
}

/** The rows of one statement, looked up by index. */
export function rowsByIndex<Row extends object>(db: Database, query: Sql): Promise<Row[]> {
  return db.transaction(async (tx) => {
    const [, rows] = await Promise.all([lookUpByIndex(tx), tx.rows<Row>(query)])
    return rows
  })
}
