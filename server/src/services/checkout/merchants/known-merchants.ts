import type { Clock } from '../../../platform/clock.ts'
import type { Database } from '../../../platform/db/database.ts'
import { findMerchant, type Merchant } from './merchants.ts'

/** Every payment asks whose shop it is and what it is called. Both hardly ever change. */
export type KnownMerchants = {
  /** The shop as it was at most two seconds ago. A shop is never deleted: one that is not there is a defect. */
  get(id: string): Promise<Merchant>
  /** Its owner has changed it here. */
  forget(id: string): void
}

const rememberedMs = 2_000
const rememberedMax = 20_000

export function createKnownMerchants({ db, clock }: { db: Database; clock: Clock }): KnownMerchants {
  const remembered = new Map<string, { merchant: Promise<Merchant>; untilMs: number }>()

  async function read(id: string): Promise<Merchant> {
    const merchant = await findMerchant(db, id)
    if (!merchant) throw new Error(`${id} is no merchant`)
    return merchant
  }

  return {
    get(id) {
      const now = clock.now()
      const known = remembered.get(id)
      if (known && known.untilMs > now) return known.merchant
      const merchant = read(id)
      if (remembered.size >= rememberedMax) remembered.clear()
      remembered.set(id, { merchant, untilMs: now + rememberedMs })
      merchant.catch(() => remembered.delete(id))
      return merchant
    },
    forget: (id) => void remembered.delete(id),
  }
}
