import type { Clock } from '../../../platform/clock.ts'
import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'

export type Finding = {
  number: number
  text: string
  state: 'open' | 'accepted' | 'repaired'
  foundAtMs: number
  settledAtMs: number | null
  settledBecause: string | null
}

const listMax = 100

/**
 * Notes what is wrong with the books. While one finding is open no node writes to the book: the next batch of each
 * sees it. What was accepted is not noted again; what was repaired and is wrong once more is.
 */
export async function raiseFindings(
  deps: { db: Database; clock: Clock },
  book: number,
  texts: readonly string[],
): Promise<number> {
  if (texts.length === 0) return 0
  return deps.db.run(sql`
    insert into ledger.finding (book, text, state, found_at_ms)
    select ${book}::smallint, text, 'open', ${deps.clock.now()}::bigint from unnest(${[...new Set(texts)]}::text[]) as text
    on conflict (book, md5(text)) where state <> 'repaired' do nothing`)
}

/** Closes a finding; false when it is not open. Writing goes on when none is open any more. */
export async function settleFinding(
  deps: { db: Database; clock: Clock },
  book: number,
  number: number,
  settlement: { state: 'accepted' | 'repaired'; because: string },
): Promise<boolean> {
  const settled = await deps.db.run(sql`
    update ledger.finding
    set state = ${settlement.state}, settled_at_ms = ${deps.clock.now()}, settled_because = ${settlement.because}
    where book = ${book} and number = ${number} and state = 'open'`)
  return settled === 1
}

/** The newest findings, open ones first. */
export function readFindings(db: Database, book: number): Promise<Finding[]> {
  return db.rows<Finding>(sql`
    select number, text, state, found_at_ms as "foundAtMs", settled_at_ms as "settledAtMs", settled_because as "settledBecause"
    from ledger.finding where book = ${book} order by (state = 'open') desc, number desc limit ${listMax}`)
}
