import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import { Refusal } from '../../../platform/refusal.ts'
import type { Ledger } from '../../ledger/api.ts'
import { scope } from '../names.ts'
import type { Purses } from '../purses/purses.ts'
import type { SystemAccounts } from './system-accounts.ts'

export type DebtDeps = { db: Database; ledger: Ledger; purses: Purses; accounts: SystemAccounts }

const atOnce = 200

/** Takes what people owe from what has come into their wallets since. */
export async function collectDebts(deps: DebtDeps, signal?: AbortSignal): Promise<void> {
  const owing = await deps.db.rows<{ userId: string; currency: string }>(sql`
    select user_id as "userId", currency from wallet.purse where debt > 0 order by user_id, currency limit ${atOnce}`)
  for (const { userId, currency } of owing) {
    if (signal?.aborted) return
    await collectDebt(deps, userId, currency)
  }
}

/**
 * What is owed stands in the ledger; the purse's debt only says that something is. The purse is written last and only if nobody
 * else has written it: so it can say too much, until this runs again, and never too little.
 */
export async function collectDebt(deps: DebtDeps, userId: string, currency: string): Promise<void> {
  const { db, ledger } = deps
  const wallet = await deps.purses.open(userId, currency)
  const debt = await deps.accounts.debt(userId, currency)
  for (;;) {
    const [purse] = await db.rows<{ debt: bigint }>(sql`
      select debt::numeric as debt from wallet.purse where user_id = ${userId} and currency = ${currency}`)
    if (!purse || purse.debt === 0n) return
    await collectOnce(ledger, wallet, debt, currency)
    const owed = -(await ledger.account(debt)).balance
    const written = await db.run(sql`
      update wallet.purse set debt = ${owed > 0n ? owed : 0n}
      where user_id = ${userId} and currency = ${currency} and debt = ${purse.debt}`)
    if (written > 0) return
  }
}

/** The request's id is made of the debt's newest entry: two nodes that collect at once collect once. */
async function collectOnce(ledger: Ledger, wallet: string, debt: string, currency: string): Promise<void> {
  const [newest] = (await ledger.statement(debt, { limit: 1 })).lines
  const { balance, held } = await ledger.account(wallet)
  const owed = newest ? -newest.balance : 0n
  const amount = owed < balance - held ? owed : balance - held
  if (!newest || amount <= 0n) return
  const metadata = { kind: 'debt_collected', title: '' }
  const step = { kind: 'transfer', payer: wallet, payee: debt, currency, amount, metadata } as const
  try {
    await ledger.post({ scope, id: `collect/${debt}/${newest.entry.position}`, steps: [step] })
  } catch (error) {
    // The person was quicker, or another node was: there is a next time.
    if (!(error instanceof Refusal)) throw error
  }
}
