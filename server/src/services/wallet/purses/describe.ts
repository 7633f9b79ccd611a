import { sql } from '../../../platform/db/sql.ts'
import type { Limits } from '../config.ts'
import { spentOn } from '../payments/spend.ts'
import { refuse } from '../refusals.ts'
import type { PurseDeps, Purses } from './purses.ts'

/** A wallet as its owner sees it. */
export type Purse = {
  currency: string
  balance: bigint
  /** Set aside for what is under way: a part of the balance. */
  held: bigint
  frozen: boolean
  debt: bigint
  limits: Limits
  /** What the person allows, where that is less. */
  own: { transaction: bigint | null; day: bigint | null }
  spentToday: bigint
}

type Row = {
  frozen: boolean
  debt: bigint
  transactionMax: bigint | null
  dayMax: bigint | null
  spentDay: string
  spent: bigint
}

type Deps = PurseDeps & { purses: Purses; dayOf: (atMs: number) => string }

export async function describePurse(deps: Deps, userId: string, currency: string): Promise<Purse> {
  const account = await deps.purses.open(userId, currency)
  const limits = deps.settings.currencies.get(currency)
  const [{ balance, held }, [row]] = await Promise.all([
    deps.ledger.account(account),
    deps.db.rows<Row>(sql`
      select frozen, debt::numeric as debt, transaction_max::numeric as "transactionMax", day_max::numeric as "dayMax",
        spent_day as "spentDay", spent::numeric as spent
      from wallet.purse where user_id = ${userId} and currency = ${currency}`),
  ])
  if (!row || !limits) throw refuse('wallet.currency_unsupported')
  const { frozen, debt, transactionMax, dayMax } = row
  const spentToday = spentOn(row, deps.dayOf(deps.clock.now()))
  const own = { transaction: transactionMax, day: dayMax }
  return { currency, balance, held, frozen, debt, limits, own, spentToday }
}

/** Stops new payments, or lets them through again. */
export async function freezePurse(
  deps: Deps,
  userId: string,
  currency: string,
  frozen: boolean,
): Promise<void> {
  await deps.purses.open(userId, currency)
  await deps.db.run(sql`
    update wallet.purse set frozen = ${frozen} where user_id = ${userId} and currency = ${currency}`)
}

/** Sets what the person allows; null for as much as the operator does. */
export async function limitPurse(
  deps: Deps,
  userId: string,
  currency: string,
  own: Purse['own'],
): Promise<void> {
  await deps.purses.open(userId, currency)
  await deps.db.run(sql`
    update wallet.purse set transaction_max = ${own.transaction}, day_max = ${own.day}
    where user_id = ${userId} and currency = ${currency}`)
}
