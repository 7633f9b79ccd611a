import { hash } from 'node:crypto'
import type { Clock } from '../../../platform/clock.ts'
import type { Database, Tx } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import { addTotals, type Totals } from './entry-row.ts'

export type Block = {
  number: number
  batches: readonly number[]
  entries: number
  totals: Totals
  previousHash: string
  hash: string
  sealedAtMs: number
}

type BatchRow = { number: number; entries: number; digest: string; totals: Totals }

const batchesPerBlock = 64
const lockKey = 0x6c656467 // 'ledg'

/**
 * Puts every batch that was committed and stands in no block yet into the chain; gives the number of the last block. Writers
 * do not wait for it, nor it for them: what is being committed meanwhile goes into a later block. A batch that was
 * acknowledged before another began never comes after it, since batches take their numbers under their locks.
 */
export async function sealBatches(deps: { db: Database; clock: Clock }, book: number): Promise<number> {
  for (;;) {
    const { last, full } = await deps.db.transaction((tx) => sealBlock(tx, deps.clock.now(), book))
    if (!full) return last
  }
}

async function sealBlock(tx: Tx, nowMs: number, book: number): Promise<{ last: number; full: boolean }> {
  await lockChain(tx, book)
  const [newest] = await tx.rows<Pick<Block, 'number' | 'hash' | 'sealedAtMs'>>(sql`
    select number, hash, sealed_at_ms as "sealedAtMs" from ledger.block where book = ${book} order by number desc limit 1`)
  const batches = await tx.rows<BatchRow>(sql`
    with taken as (
      delete from ledger.unsealed_batch where book = ${book} and number in (
        select number from ledger.unsealed_batch where book = ${book} order by number limit ${batchesPerBlock}
      )
      returning number
    )
    select batch.number, batch.entries, batch.digest, batch.totals
    from taken join ledger.batch on batch.book = ${book} and batch.number = taken.number order by batch.number`)
  if (batches.length === 0) return { last: newest?.number ?? 0, full: false }
  const number = (newest?.number ?? 0) + 1
  const numbers = batches.map((batch) => batch.number)
  const entries = batches.reduce((sum, batch) => sum + batch.entries, 0)
  const totals = addTotals(batches.map((batch) => batch.totals))
  const previousHash = newest?.hash ?? ''
  const sealedAtMs = Math.max(nowMs, newest?.sealedAtMs ?? 0)
  const sealed = { number, batches: numbers, entries, totals, previousHash, sealedAtMs }
  const digests = batches.map(({ digest }) => digest)
  await tx.run(sql`
    insert into ledger.block (book, number, batches, entries, totals, previous_hash, hash, sealed_at_ms)
    values (${book}, ${number}, ${numbers}, ${entries}, ${JSON.stringify(totals)}, ${previousHash},
      ${hashOf(book, sealed, digests)}, ${sealedAtMs})`)
  return { last: number, full: batches.length === batchesPerBlock }
}

/** One sealer at a time; a job whose lease was lost may still be at work. */
export async function lockChain(tx: Tx, book: number): Promise<void> {
  await tx.run(sql`select pg_advisory_xact_lock(${lockKey}, ${book})`)
}

/** What a block's hash covers: where it stands, the block before it, and the digest of each of its batches. */
export function hashOf(book: number, block: Omit<Block, 'hash'>, digests: readonly string[]): string {
  const { number, batches, entries, totals, previousHash, sealedAtMs } = block
  const sums = Object.entries(totals).map(([currency, { count, amount }]) => [currency, count, amount])
  const body = [book, number, previousHash, sealedAtMs, entries, sums, batches, digests]
  return hash('sha256', JSON.stringify(body), 'base64url')
}
