import type { Clock } from '../../../platform/clock.ts'
import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'

/** Longer than anybody repeats a request, and than a payout waits for its day to be settled. */
const requestsKeptMs = 30 * 86_400_000
const deliveriesKeptMs = 30 * 86_400_000

/** Forgets the answers of old requests, deliveries that are over, and visits. */
export async function forget({ db, clock }: { db: Database; clock: Clock }): Promise<void> {
  const now = clock.now()
  await db.run(sql`delete from checkout.request where created_ms < ${now - requestsKeptMs}`)
  await db.run(sql`
    delete from checkout.delivery where state <> 'open' and attempted_ms < ${now - deliveriesKeptMs}`)
  await db.run(sql`delete from checkout.visit where ends_ms < ${now}`)
}
