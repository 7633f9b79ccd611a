import type { Clock } from '../../../platform/clock.ts'
import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'

const dayMs = 86_400_000

/** Deletes what has expired and can be asked for by nobody any more. Running it twice does no harm. */
export async function cleanUp(deps: { db: Database; clock: Clock }): Promise<void> {
  const now = deps.clock.now()
  await deps.db.run(sql`delete from identity.interactive_session where expires_at_ms <= ${now}`)
  await deps.db.run(sql`delete from identity.login_token where expires_at_ms <= ${now}`)
  await deps.db.run(sql`delete from identity.email_validation where expires_at_ms <= ${now}`)
  await deps.db.run(sql`delete from identity.openid_token where expires_at_ms <= ${now}`)
  await deps.db.run(sql`
    delete from identity.registration_token_use where completed_at_ms is null and reserved_until_ms <= ${now}`)
  // Kept for a while, so that a client that comes back with old tokens is told of a soft logout.
  await deps.db.run(sql`
    delete from identity.token_pair
    where refresh_revoked_at_ms is not null and access_expires_at_ms <= ${now - 7 * dayMs}`)
  await deps.db.run(sql`delete from identity.session_end where at_ms <= ${now - dayMs}`)
}
