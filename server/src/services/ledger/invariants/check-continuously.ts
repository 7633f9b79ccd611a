import type { Clock } from '../../../platform/clock.ts'
import { rowsByIndex } from '../../../platform/db/by-index.ts'
import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { Log } from '../../../platform/log.ts'
import { entriesOf } from '../journal/entry-row.ts'
import { sealBatches } from '../journal/seal.ts'
import { checkAccounts, checkCurrencies, checkHoldsOf } from './check-accounts.ts'
import { checkBatches } from './check-batches.ts'
import { checkChain, hashOfBlock, readBlocks } from './check-chain.ts'
import { raiseFindings } from './findings.ts'

/** How far the check has come. New blocks are checked once and soon; a round over everything else goes on for ever. */
export type Progress = {
  checkedBlock: number
  roundBlock: number
  roundAccount: string
  rounds: number
}

/** Parts of one run: new blocks first, then a piece of the round, which finds what was changed behind our back. */
const newBlocksMax = 64
const blocksAtOnce = 4
const roundBlocks = 4
const roundAccounts = 500

/**
 * Seals what is new, checks it, goes one piece further on the round over old blocks and all accounts, and raises what is wrong,
 * which stops writing to the book at every node. A run costs what is new plus a fixed piece. Gives the open findings' texts.
 */
export async function checkContinuously(
  deps: { db: Database; clock: Clock; log: Log },
  book: number,
  signal?: AbortSignal,
): Promise<{ lastBlock: number; progress: Progress; findings: string[] }> {
  const { db, clock } = deps
  const lastBlock = await sealBatches(deps, book)
  const before = await readProgress(db, book)
  const checkedBlock = Math.min(lastBlock, before.checkedBlock + newBlocksMax)
  const findings: string[] = []
  for (let block = before.checkedBlock; block < checkedBlock && !signal?.aborted; block += blocksAtOnce)
    findings.push(...(await checkBlocks(db, book, block, Math.min(blocksAtOnce, checkedBlock - block))))
  findings.push(...(await checkBlocks(db, book, before.roundBlock, roundBlocks)))
  const accounts = await readAccountIds(db, book, before.roundAccount, roundAccounts)
  findings.push(...(await checkAccounts(db, book, accounts)))

  // The block part and the account part of a round each begin again when they come to their end.
  const roundBlock = before.roundBlock + roundBlocks >= lastBlock ? 0 : before.roundBlock + roundBlocks
  const endOfAccounts = accounts.length < roundAccounts
  if (endOfAccounts) findings.push(...(await checkCurrencies(db, book)))
  const progress = {
    checkedBlock,
    roundBlock,
    roundAccount: endOfAccounts ? '' : (accounts.at(-1) ?? ''),
    rounds: before.rounds + (endOfAccounts ? 1 : 0),
  }
  if ((await raiseFindings(deps, book, findings)) > 0)
    deps.log.error({ findings }, 'the books are wrong: nothing is written to them any more')
  await writeProgress(db, book, progress, clock.now())
  return { lastBlock, progress, findings }
}

/** The chain, entries, postings, holds and accounts of `count` blocks behind `after`. */
async function checkBlocks(db: Database, book: number, after: number, count: number): Promise<string[]> {
  const blocks = await readBlocks(db, book, after, count)
  const findings = checkChain(book, { number: after, hash: await hashOfBlock(db, book, after) }, blocks)
  for (const { batches } of blocks) {
    findings.push(...(await checkBatches(db, book, batches)))
    findings.push(...(await checkHoldsOf(db, book, batches)))
    findings.push(...(await checkAccounts(db, book, await accountsIn(db, book, batches))))
  }
  return findings
}

async function accountsIn(db: Database, book: number, batches: readonly number[]): Promise<string[]> {
  const rows = await rowsByIndex<{ id: string }>(
    db,
    sql`
    select distinct side.account as id from ${entriesOf(book, batches)}
    cross join lateral (values (entry.account), (entry.payer), (entry.payee)) as side (account)
    where side.account is not null`,
  )
  return rows.map(({ id }) => id)
}

async function readAccountIds(db: Database, book: number, after: string, limit: number): Promise<string[]> {
  const rows = await db.rows<{ id: string }>(
    sql`select id from ledger.account where book = ${book} and id > ${after} order by id limit ${limit}`,
  )
  return rows.map(({ id }) => id)
}

export async function readProgress(db: Database, book: number): Promise<Progress> {
  const [row] = await db.rows<Progress>(sql`
    select checked_block as "checkedBlock", round_block as "roundBlock", round_account as "roundAccount", rounds
    from ledger.check_progress where book = ${book}`)
  return row ?? { checkedBlock: 0, roundBlock: 0, roundAccount: '', rounds: 0 }
}

async function writeProgress(db: Database, book: number, progress: Progress, nowMs: number): Promise<void> {
  const { checkedBlock, roundBlock, roundAccount, rounds } = progress
  await db.run(sql`
    insert into ledger.check_progress (book, checked_block, round_block, round_account, rounds, checked_at_ms)
    values (${book}, ${checkedBlock}, ${roundBlock}, ${roundAccount}, ${rounds}, ${nowMs})
    on conflict (book) do update set checked_block = excluded.checked_block, round_block = excluded.round_block,
      round_account = excluded.round_account, rounds = excluded.rounds, checked_at_ms = excluded.checked_at_ms`)
}
