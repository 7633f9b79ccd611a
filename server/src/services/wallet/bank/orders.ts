import { hash } from 'node:crypto'
import type { Clock } from '../../../platform/clock.ts'
import type { Database } from '../../../platform/db/database.ts'
import { type Sql, sql } from '../../../platform/db/sql.ts'
import type { Jobs } from '../../../platform/jobs.ts'
import { checkAmount } from '../payments/check.ts'
import type { Purses } from '../purses/purses.ts'
import { refuse } from '../refusals.ts'
import type { RailOrder } from './rail.ts'

export type BankOrderState = 'new' | 'accepted' | 'submitted' | 'settled' | 'rejected' | 'returned'

/** Money on its way between a bank account and a wallet. */
export type BankOrder = RailOrder & {
  userId: string
  id: string
  state: BankOrderState
  /** Why it was rejected or returned: the bank's word, or the code of a refusal of ours. */
  reason: string | null
  placedAtMs: number
  changedAtMs: number
}

export type BankOrderRequest = Omit<RailOrder, 'reference'> & { userId: string; id: string }

export type OrderDeps = { db: Database; clock: Clock; jobs: Jobs; purses: Purses }

/** How long the node that took an order has for it before another one goes on with it. */
const carriedOutWithinMs = 10_000
const pageMax = 100

/** Writes an order down, with the job that carries it out if this node does not. The same again gives what has become of it. */
export async function placeOrder(deps: OrderDeps, request: BankOrderRequest): Promise<BankOrder> {
  const { userId, id, direction, currency, amount, bankAccount } = request
  checkAmount(amount)
  await deps.purses.open(userId, currency)
  const reference = referenceOf(userId, id)
  const now = deps.clock.now()
  await deps.db.transaction(async (tx) => {
    const placed = await tx.run(sql`
      insert into wallet.bank_order (reference, user_id, id, direction, currency, amount, bank_account, state, placed_at_ms,
        changed_at_ms)
      values (${reference}, ${userId}, ${id}, ${direction}, ${currency}, ${amount}, ${bankAccount}, 'new', ${now}, ${now})
      on conflict do nothing`)
    const job = { id: reference, payload: { reference }, dueAtMs: now + carriedOutWithinMs }
    if (placed > 0) await deps.jobs.enqueue(tx, 'wallet.bank_order', job)
  })
  const order = await orderOf(deps.db, reference)
  const same =
    order?.direction === direction &&
    order.currency === currency &&
    order.amount === amount &&
    order.bankAccount === bankAccount
  if (!same) throw refuse('wallet.id_reused')
  return order
}

export async function readOrder(db: Database, userId: string, id: string): Promise<BankOrder> {
  const order = await orderOf(db, referenceOf(userId, id))
  if (!order) throw refuse('wallet.order_unknown')
  return order
}

export async function orderOf(db: Database, reference: string): Promise<BankOrder | undefined> {
  const [order] = await select(db, sql`reference = ${reference}`)
  return order
}

/** A person's orders, the newest first, those before `before` (a reference) only; at most 100. */
export function listOrders(
  db: Database,
  userId: string,
  { before, limit }: { before?: string; limit: number },
): Promise<BankOrder[]> {
  const older =
    before === undefined
      ? sql``
      : sql`and (placed_at_ms, reference) < (select placed_at_ms, reference from wallet.bank_order where reference = ${before} and user_id = ${userId})`
  const newestFirst = sql`order by placed_at_ms desc, reference desc limit ${Math.min(limit, pageMax)}`
  return select(db, sql`user_id = ${userId} ${older} ${newestFirst}`)
}

/** Changes the state if it is one of those; false if it is another one by now. */
export async function changeState(
  { db, clock }: { db: Pick<Database, 'run'>; clock: Clock },
  reference: string,
  change: { from: readonly BankOrderState[]; to: BankOrderState; reason?: string },
): Promise<boolean> {
  const changed = await db.run(sql`
    update wallet.bank_order set state = ${change.to}, reason = ${change.reason ?? null}, changed_at_ms = ${clock.now()}
    where reference = ${reference} and state = any(${change.from})`)
  return changed > 0
}

function referenceOf(userId: string, id: string): string {
  return hash('sha256', `${userId}\n${id}`, 'hex').slice(0, 32)
}

function select(db: Database, condition: Sql): Promise<BankOrder[]> {
  return db.rows<BankOrder>(sql`
    select reference, user_id as "userId", id, direction, currency, amount::numeric as amount, bank_account as "bankAccount",
      state, reason, placed_at_ms as "placedAtMs", changed_at_ms as "changedAtMs"
    from wallet.bank_order where ${condition}`)
}
