import { rowsByIndex } from '../../../platform/db/by-index.ts'
import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import {
  digestOf,
  entriesOf,
  entryColumns,
  linesPerBatch,
  type Totals,
  totalsOf,
} from '../journal/entry-row.ts'
import type { EntryRow } from '../post/draft.ts'

/** Findings that one look reports at most: one is enough to stop, and a list without end helps nobody. */
export const findingsMax = 50

/**
 * Whether the entries of these batches are those that were committed, each request whole, and each that moves money has
 * exactly its two postings, in the accounts' currency, with running balances that follow from the posting before.
 */
export async function checkBatches(
  db: Database,
  book: number,
  batches: readonly number[],
): Promise<string[]> {
  if (batches.length === 0) return []
  const findings = [...(await checkEntries(db, book, batches)), ...(await checkPostings(db, book, batches))]
  return findings.slice(0, findingsMax)
}

type Stored = { number: number; entries: number; digest: string; totals: Totals }

async function checkEntries(db: Database, book: number, batches: readonly number[]): Promise<string[]> {
  const stored = await rowsByIndex<Stored>(
    db,
    sql`
    select number, entries, digest, totals from ledger.batch where book = ${book} and number = any(${batches})`,
  )
  const entries = await rowsByIndex<EntryRow>(
    db,
    sql`
    select ${entryColumns} from ${entriesOf(book, batches)} order by entry.position`,
  )
  const byBatch = Map.groupBy(entries, ({ position }) => Math.floor(position / linesPerBatch))
  const known = new Map(stored.map((row) => [row.number, row]))
  return batches.flatMap((number) => {
    const batch = known.get(number)
    if (!batch) return [`batch ${number} is gone`]
    return checkBatch(batch, byBatch.get(number) ?? [])
  })
}

function checkBatch(batch: Stored, entries: readonly EntryRow[]): string[] {
  const findings: string[] = []
  if (entries.length !== batch.entries)
    findings.push(
      `batch ${batch.number} was committed with ${batch.entries} entries and has ${entries.length}`,
    )
  else if (digestOf(entries) !== batch.digest)
    findings.push(`the entries of batch ${batch.number} are not those that were committed`)
  if (JSON.stringify(totalsOf(entries)) !== JSON.stringify(batch.totals))
    findings.push(`the totals of batch ${batch.number} are not those of its entries`)
  for (const [request, steps] of Map.groupBy(entries, ({ scope, id }) => `${scope}/${id}`))
    if (steps.some((entry, index) => entry.step !== index || entry.steps !== steps.length))
      findings.push(`request ${request} in batch ${batch.number} is not there with each of its steps`)
  return findings
}

async function checkPostings(db: Database, book: number, batches: readonly number[]): Promise<string[]> {
  const wrong = await rowsByIndex<{ position: number; account: string; fault: string }>(
    db,
    sql`
    select entry.position, side.account,
      case
        when posting.position is null then 'no posting'
        when account.id is null then 'no account'
        when account.currency <> entry.currency then 'another currency than its account'
        when posting.amount <> side.amount then 'a posting of another amount'
        else 'a running balance that does not follow from the one before'
      end as fault
    from ${entriesOf(book, batches)}
    cross join lateral (values (entry.payer, -entry.amount), (entry.payee, entry.amount)) as side (account, amount)
    left join ledger.account on account.book = entry.book and account.id = side.account
    left join ledger.posting on posting.book = entry.book and posting.account = side.account
      and posting.at_ms = entry.at_ms and posting.position = entry.position
    left join lateral (
      select earlier.balance from ledger.posting as earlier
      where earlier.book = entry.book and earlier.account = side.account
        and (earlier.at_ms, earlier.position) < (entry.at_ms, entry.position)
      order by earlier.at_ms desc, earlier.position desc limit 1
    ) as before on true
    where entry.kind in ('transfer', 'capture')
      and (posting.position is null or account.id is null or account.currency <> entry.currency
        or posting.amount <> side.amount or posting.balance <> coalesce(before.balance, 0) + side.amount)
    limit ${findingsMax}`,
  )
  return wrong.map(({ position, account, fault }) => `entry ${position} has ${fault} in account ${account}`)
}
