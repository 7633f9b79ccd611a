import { sql } from '../../../platform/db/sql.ts'
import { Refusal } from '../../../platform/refusal.ts'
import { accountOf, tillOf } from '../money/till.ts'
import { payOut } from '../operations/pay-out.ts'
import type { CheckoutDeps } from '../operations/request.ts'

const dayMs = 86_400_000
/** After midnight, so that what a node with a slow clock has written last is counted too. */
const graceMs = 10 * 60_000
/** As far back as nodes may have been down. */
const daysBack = 14
const shopsAtOnce = 200

export type Settlement = { day: string; currency: string; body: SettlementBody }
type SettlementBody = {
  charges: number
  refunds: number
  fees: number
  payouts: number
  net: number
  count: number
}

/**
 * Sums up each shop's day (UTC) once it is over, and pays shops that want it out to their owners. Two nodes that do this at
 * once, or one that does it again, settle and pay out once. Gives how many days of shops were settled.
 */
export async function settleDays(deps: CheckoutDeps): Promise<number> {
  const today = Math.floor((deps.clock.now() - graceMs) / dayMs)
  let count = 0
  for (let day = today - daysBack; day < today; day++) count += await settleDay(deps, day)
  await payOutDaily(deps, dayName(today - 1))
  return count
}

function settleDay({ db }: CheckoutDeps, day: number): Promise<number> {
  return db.run(sql`
    with line as (
      select shop, body->>'currency' as currency, body->>'type' as type,
        (body->>'amount')::bigint as amount, (body->>'fee')::bigint as fee
      from checkout.document
      where kind = 'balance_transaction' and created_ms >= ${day * dayMs} and created_ms < ${(day + 1) * dayMs})
    insert into checkout.settlement (shop, day, currency, body)
    select shop, ${dayName(day)}, currency, jsonb_build_object(
      'charges', coalesce(sum(amount) filter (where type = 'charge'), 0),
      'refunds', coalesce(sum(-amount) filter (where type = 'refund'), 0),
      'payouts', coalesce(sum(-amount) filter (where type = 'payout'), 0),
      'fees', sum(fee), 'net', sum(amount - fee), 'count', count(*))
    from line group by shop, currency
    on conflict do nothing`)
}

/** Once for each settlement, whatever is there then. */
async function payOutDaily(deps: CheckoutDeps, day: string): Promise<void> {
  const rows = await deps.db.rows<{ shop: string; currency: string }>(sql`
    select settlement.shop, settlement.currency from checkout.settlement
      join checkout.merchant on merchant.id = split_part(settlement.shop, '.', 1) and merchant.payouts = 'daily'
    where settlement.day = ${day} and not exists (
      select from checkout.request where shop = settlement.shop and key = ${claimKey(day)} || settlement.currency)
    order by settlement.shop, settlement.currency limit ${shopsAtOnce}`)
  for (const { shop, currency } of rows) {
    const { ledger } = tillOf(deps.tills, shop)
    const { balance } = await ledger.account(accountOf(shop, currency))
    if (balance <= 0n) continue
    const claim = { key: claimKey(day) + currency, digest: 'settlement' }
    const what = {
      amount: Number(balance),
      currency,
      description: `Settlement of ${day}`,
      metadata: {},
      automatic: true,
    }
    try {
      await payOut(deps, { shop, claim }, what)
    } catch (error) {
      // Somebody else is at it.
      if (!(error instanceof Refusal && error.code === 'checkout.idempotency_key_in_use')) throw error
    }
  }
}

/** No shop can send it: the header of a request holds no such character. */
function claimKey(day: string): string {
  return `\u200bsettlement/${day}/`
}

function dayName(day: number): string {
  return new Date(day * dayMs).toISOString().slice(0, 10)
}

/** The settled days of a side of a shop, newest first. */
export function settlementsOf(
  { db }: Pick<CheckoutDeps, 'db'>,
  shop: string,
  before: string | undefined,
): Promise<Settlement[]> {
  return db.rows<Settlement>(sql`
    select day, currency, body from checkout.settlement
    where shop = ${shop} and day < ${before ?? '9999'} order by day desc, currency limit 100`)
}
