import type { Clock } from '../../../platform/clock.ts'
import type { Database, Tx } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { JsonObject } from '../../../platform/json.ts'
import { type SigningKey, signJson } from '../../../platform/signed-json/signing.ts'
import { addTotals, type Totals } from './entry-row.ts'
import { lockChain } from './seal.ts'

export type Signer = { serverName: string; key: SigningKey }

/** What a day's signature covers. The last block's hash stands for every entry up to it. */
export type DaySheet = {
  book: number
  /** UTC, such as 2026-11-23. */
  day: string
  first_block: number
  last_block: number
  last_hash: string
  entries: number
  totals: Totals
}

const dayMs = 86_400_000

/**
 * Sums up and signs the blocks of every day that is over. A sheet begins where the one before ended, so the sheets
 * cover the chain without gaps; a day without blocks has none. Gives the days that were closed.
 */
export function closeDays(
  deps: { db: Database; clock: Clock; signer: Signer },
  book: number,
): Promise<string[]> {
  return deps.db.transaction(async (tx) => {
    await lockChain(tx, book)
    const [newest] = await tx.rows<{ lastBlock: number }>(sql`
      select last_block as "lastBlock" from ledger.day where book = ${book} order by last_block desc limit 1`)
    const today = Math.floor(deps.clock.now() / dayMs) * dayMs
    const days = await sumUp(tx, book, newest?.lastBlock ?? 0, today)
    for (const sheet of days) {
      const signed = signJson(sheet as unknown as JsonObject, deps.signer.serverName, deps.signer.key)
      await tx.run(sql`
        insert into ledger.day (book, day, last_block, sheet)
        values (${book}, ${sheet.day}, ${sheet.last_block}, ${JSON.stringify(signed)})`)
    }
    return days.map(({ day }) => day)
  })
}

/** One sheet for each day before `todayMs` that has blocks after `lastBlock`. */
async function sumUp(tx: Tx, book: number, lastBlock: number, todayMs: number): Promise<DaySheet[]> {
  const rows = await tx.rows<{
    day: number
    first: number
    last: number
    hash: string
    entries: number
    totals: Totals[]
  }>(sql`
    select sealed_at_ms / ${dayMs} as day, min(number) as first, max(number) as last,
      (array_agg(hash order by number desc))[1] as hash, sum(entries)::bigint as entries, json_agg(totals order by number) as totals
    from ledger.block
    where book = ${book} and number > ${lastBlock} and sealed_at_ms < ${todayMs}
    group by 1 order by 1`)
  return rows.map(({ day, first, last, hash, entries, totals }) => ({
    book,
    day: new Date(day * dayMs).toISOString().slice(0, 10),
    first_block: first,
    last_block: last,
    last_hash: hash,
    entries,
    totals: addTotals(totals),
  }))
}
