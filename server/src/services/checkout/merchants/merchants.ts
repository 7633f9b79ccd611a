import type { Clock } from '../../../platform/clock.ts'
import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import { refuse } from '../refusals.ts'

export type Merchant = {
  id: string
  owner: string
  name: string
  payouts: 'manual' | 'daily'
  createdMs: number
}

const merchantsMax = 50

/**
 * Makes a shop under an id that its owner chose. Repeating it changes nothing; somebody else's shop, or one of theirs with
 * another name, is refused with `checkout.merchant_exists`.
 */
export async function createMerchant(
  { db, clock }: { db: Database; clock: Clock },
  wanted: Omit<Merchant, 'createdMs'>,
): Promise<Merchant> {
  const { id, owner, name, payouts } = wanted
  return db.transaction(async (tx) => {
    await tx.run(sql`
      insert into checkout.merchant (id, owner, name, payouts, created_ms)
      select ${id}, ${owner}, ${name}, ${payouts}, ${clock.now()}
      where (select count(*) from checkout.merchant where owner = ${owner}) < ${merchantsMax}
      on conflict do nothing`)
    const [merchant] = await tx.rows<Merchant>(merchantBy(id))
    if (!merchant) throw refuse('checkout.merchants_too_many')
    if (merchant.owner !== owner || merchant.name !== name) throw refuse('checkout.merchant_exists')
    return merchant
  })
}

function merchantBy(id: string) {
  return sql`
    select id, owner, name, payouts, created_ms as "createdMs" from checkout.merchant where id = ${id}`
}

export async function merchantsOf(db: Database, owner: string): Promise<Merchant[]> {
  return db.rows<Merchant>(sql`
    select id, owner, name, payouts, created_ms as "createdMs" from checkout.merchant
    where owner = ${owner} order by id limit ${merchantsMax}`)
}

/** Changes what may change: the name that payers read, and whether the day's money goes out by itself. */
export async function changeMerchant(
  db: Database,
  owner: string,
  id: string,
  { name, payouts }: { name?: string | undefined; payouts?: string | undefined },
): Promise<Merchant> {
  await requireMerchant(db, owner, id)
  await db.run(sql`
    update checkout.merchant set name = coalesce(${name ?? null}, name), payouts = coalesce(${payouts ?? null}, payouts)
    where id = ${id} and owner = ${owner}`)
  return requireMerchant(db, owner, id)
}

/** Somebody else's shop is as unknown as one that does not exist. */
export async function requireMerchant(db: Database, owner: string, id: string): Promise<Merchant> {
  const merchant = await findMerchant(db, id)
  if (merchant?.owner !== owner) throw refuse('checkout.merchant_unknown')
  return merchant
}

export async function findMerchant(db: Database, id: string): Promise<Merchant | undefined> {
  const [merchant] = await db.rows<Merchant>(merchantBy(id))
  return merchant
}
