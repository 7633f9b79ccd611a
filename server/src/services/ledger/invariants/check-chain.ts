import { rowsByIndex } from '../../../platform/db/by-index.ts'
import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import { type Block, hashOf } from '../journal/seal.ts'

export type ChainBlock = Block & { digests: string[] }

/** Blocks from behind `after` on, with the digests of their batches. */
export function readBlocks(db: Database, book: number, after: number, limit: number): Promise<ChainBlock[]> {
  return rowsByIndex<ChainBlock>(
    db,
    sql`
    select block.number, block.batches::float8[] as batches, block.entries, block.totals,
      block.previous_hash as "previousHash", block.hash, block.sealed_at_ms as "sealedAtMs",
      array(
        select coalesce(batch.digest, '') from unnest(block.batches) with ordinality as part (number, place)
        left join ledger.batch on batch.book = block.book and batch.number = part.number order by part.place
      ) as digests
    from ledger.block where block.book = ${book} and block.number > ${after} order by block.number limit ${limit}`,
  )
}

/** Whether these blocks follow one another from `previous` on, and each has the hash of what it holds. */
export function checkChain(
  book: number,
  previous: { number: number; hash: string },
  blocks: readonly ChainBlock[],
): string[] {
  const findings: string[] = []
  let before = previous
  for (const { hash, digests, ...block } of blocks) {
    if (block.number !== before.number + 1)
      findings.push(`block ${block.number} follows block ${before.number}: those between are gone`)
    else if (block.previousHash !== before.hash)
      findings.push(`block ${block.number} does not continue block ${before.number}`)
    if (hashOf(book, block, digests) !== hash) findings.push(`block ${block.number} was changed`)
    before = { number: block.number, hash }
  }
  return findings
}

/** The hash of a block, for one that follows it; that of block 0 is empty. */
export async function hashOfBlock(db: Database, book: number, number: number): Promise<string> {
  const [block] = await db.rows<{ hash: string }>(
    sql`select hash from ledger.block where book = ${book} and number = ${number}`,
  )
  return block?.hash ?? ''
}
