import type { Database } from '../../../platform/db/database.ts'
import { type Sql, sql } from '../../../platform/db/sql.ts'
import type { Hold } from '../api.ts'
import { refuse } from '../refusals.ts'

const pageMax = 100

/** Throws `ledger.hold_unknown`, also for a hold of another scope. */
export async function readHold(db: Database, book: number, scope: string, id: string): Promise<Hold> {
  const [hold] = await select(db, sql`book = ${book} and scope = ${scope} and id = ${id}`)
  if (!hold) throw refuse('ledger.hold_unknown')
  return hold
}

/** Holds that reserve money of this account, the oldest first. */
export function readOpenHolds(db: Database, book: number, payer: string): Promise<Hold[]> {
  return select(
    db,
    sql`book = ${book} and payer = ${payer} and captured + released < amount order by placed_at_ms, scope, id limit ${pageMax}`,
  )
}

async function select(db: Database, condition: Sql): Promise<Hold[]> {
  const rows = await db.rows<Omit<Hold, 'expiresAtMs'> & { expiresAtMs: number | null }>(sql`
    select scope, id, payer, payee, currency, amount::numeric as amount, captured::numeric as captured,
      released::numeric as released, (amount - captured - released)::numeric as open,
      placed_at_ms as "placedAtMs", expires_at_ms as "expiresAtMs"
    from ledger.hold where ${condition}`)
  return rows.map(({ expiresAtMs, ...hold }) => (expiresAtMs === null ? hold : { ...hold, expiresAtMs }))
}
