import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { JsonObject } from '../../../platform/json.ts'
import { verifySignedJson } from '../../../platform/signed-json/signing.ts'
import type { DaySheet, Signer } from '../journal/close-days.ts'
import { addTotals, linesPerBatch } from '../journal/entry-row.ts'
import { checkAccounts, checkCurrencies, checkHolds, checkSums } from './check-accounts.ts'
import { checkBatches, findingsMax } from './check-batches.ts'
import { checkChain, readBlocks } from './check-chain.ts'

export type Verification = {
  accounts: number
  holds: number
  entries: number
  blocks: number
  days: number
  /** What is wrong, in words; empty when the books are right. */
  findings: string[]
}

const pageSize = 500
const blocksAtOnce = 8

/**
 * Checks the whole book from its first entry on: the chain, the signatures, every entry, posting, hold and account. For
 * drills and operators: it reads everything. It changes nothing, and it may run while money moves, since each statement
 * sees one moment and what is compared is compared within it.
 */
export async function verifyBook(
  deps: { db: Database; signer: Signer | undefined },
  book: number,
): Promise<Verification> {
  const { db } = deps
  const result: Verification = { accounts: 0, holds: 0, entries: 0, blocks: 0, days: 0, findings: [] }
  await verifyChain(db, book, result)
  await verifyDays(deps, book, result)
  await verifyBatches(db, book, result)
  await verifyAccounts(db, book, result)
  await verifyHolds(db, book, result)
  result.findings.push(...(await checkCurrencies(db, book)))
  return { ...result, findings: result.findings.slice(0, findingsMax) }
}

async function verifyChain(db: Database, book: number, result: Verification): Promise<void> {
  let previous = { number: 0, hash: '' }
  for (;;) {
    const blocks = await readBlocks(db, book, previous.number, blocksAtOnce)
    result.findings.push(...checkChain(book, previous, blocks))
    result.blocks += blocks.length
    previous = blocks.at(-1) ?? previous
    if (blocks.length < blocksAtOnce) break
  }
  const lost = await db.rows<{ number: number; places: number }>(sql`
    with place as (
      select number from ledger.unsealed_batch where book = ${book}
      union all
      select unnest(batches) from ledger.block where book = ${book}
    )
    select coalesce(batch.number, place.number) as number, count(place.number) as places
    from (select number from ledger.batch where book = ${book}) as batch full join place using (number)
    group by 1, batch.number having count(place.number) <> 1 or batch.number is null limit ${findingsMax}`)
  for (const { number, places } of lost)
    result.findings.push(
      `batch ${number} is not in the chain or its queue once but ${places} times, or is gone`,
    )
}

async function verifyDays(
  { db, signer }: { db: Database; signer: Signer | undefined },
  book: number,
  result: Verification,
): Promise<void> {
  const days = await db.rows<{ day: string; sheet: DaySheet & JsonObject }>(
    sql`select day, sheet from ledger.day where book = ${book} order by last_block`,
  )
  let next = 1
  for (const { day, sheet } of days) {
    const { first_block: first, last_block: last } = sheet
    const blocks = await readBlocks(db, book, first - 1, last - first + 1)
    const same =
      first === next &&
      blocks.length === last - first + 1 &&
      blocks.at(-1)?.hash === sheet.last_hash &&
      blocks.reduce((sum, block) => sum + block.entries, 0) === sheet.entries &&
      JSON.stringify(addTotals(blocks.map(({ totals }) => totals))) ===
        JSON.stringify(addTotals([sheet.totals]))
    if (!same) result.findings.push(`the sheet of ${day} does not fit the chain`)
    if (signer && !verifySignedJson(sheet, signer.serverName, signer.key.id, signer.key.publicKey))
      result.findings.push(`the sheet of ${day} is not signed with this server's key`)
    next = last + 1
  }
  result.days = days.length
}

async function verifyBatches(db: Database, book: number, result: Verification): Promise<void> {
  for (let after = 0; ; ) {
    const rows = await db.rows<{ number: number; entries: number }>(sql`
      select number, entries from ledger.batch where book = ${book} and number > ${after} order by number limit ${blocksAtOnce}`)
    const numbers = rows.map(({ number }) => number)
    result.findings.push(...(await checkBatches(db, book, numbers)))
    result.entries += rows.reduce((sum, { entries }) => sum + entries, 0)
    after = numbers.at(-1) ?? after
    if (rows.length < blocksAtOnce) break
  }
  const strays = await db.rows<{ position: number; what: string }>(sql`
    (select position, 'posting' as what from ledger.posting
      where book = ${book} and not exists (
        select from ledger.entry where entry.book = posting.book and entry.position = posting.position
          and entry.kind in ('transfer', 'capture') and posting.account in (entry.payer, entry.payee)) limit ${findingsMax})
    union all
    (select position, 'entry' from ledger.entry
      where book = ${book} and not exists (
        select from ledger.batch where batch.book = entry.book and batch.number = entry.position / ${linesPerBatch}) limit ${findingsMax})`)
  for (const { position, what } of strays)
    result.findings.push(`${what} ${position} belongs to nothing that was committed`)
}

async function verifyAccounts(db: Database, book: number, result: Verification): Promise<void> {
  for (let after = ''; ; ) {
    const rows = await db.rows<{ id: string }>(
      sql`select id from ledger.account where book = ${book} and id > ${after} order by id limit ${pageSize}`,
    )
    const ids = rows.map(({ id }) => id)
    result.findings.push(...(await checkAccounts(db, book, ids)), ...(await checkSums(db, book, ids)))
    result.accounts += ids.length
    after = ids.at(-1) ?? after
    if (rows.length < pageSize) break
  }
}

async function verifyHolds(db: Database, book: number, result: Verification): Promise<void> {
  for (let after = { scope: '', id: '' }; ; ) {
    const holds = await db.rows<{ scope: string; id: string }>(sql`
      select scope, id from ledger.hold where book = ${book} and (scope, id) > (${after.scope}, ${after.id})
      order by scope, id limit ${pageSize}`)
    result.findings.push(...(await checkHolds(db, book, holds)))
    result.holds += holds.length
    after = holds.at(-1) ?? after
    if (holds.length < pageSize) break
  }
}
