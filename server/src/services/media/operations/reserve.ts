import type { Clock } from '../../../platform/clock.ts'
import type { Database, Tx } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { Random } from '../../../platform/random.ts'
import type { MediaSettings } from '../config.ts'
import { refuse } from '../refusals.ts'
import { lockPerson, refuseBeyondQuota } from './check-quota.ts'

/**
 * Makes a media ID whose content will follow before `unusedExpiresAtMs`.
 * https://spec.matrix.org/v1.19/client-server-api/#post_matrixmediav1create
 */
export async function reserve(
  deps: { db: Database; clock: Clock; random: Random },
  settings: MediaSettings,
  userId: string,
): Promise<{ mediaId: string; unusedExpiresAtMs: number }> {
  const mediaId = deps.random.text(24)
  const now = deps.clock.now()
  const unusedExpiresAtMs = now + settings.reservationLifetime
  const write = async (tx: Tx) => {
    await lockPerson(tx, userId)
    await refuseBeyondQuota(tx, settings, userId, 0)
    // Run again after a lost answer, it may be there already.
    const [next] = await tx.rows<{ waiting: number; expiresAtMs: number | null }>(sql`
      select count(*) as waiting, min(expires_at_ms) as "expiresAtMs" from media.item
      where user_id = ${userId} and uploaded_at_ms is null and expires_at_ms > ${now} and media_id <> ${mediaId}`)
    if (next && next.waiting >= settings.reservationsMax) throw tooMany((next.expiresAtMs ?? now) - now)
    await tx.run(sql`
      insert into media.item (media_id, user_id, created_at_ms, expires_at_ms)
      values (${mediaId}, ${userId}, ${now}, ${unusedExpiresAtMs}) on conflict (media_id) do nothing`)
  }
  await deps.db.repeatable(() => deps.db.transaction(write))
  return { mediaId, unusedExpiresAtMs }
}

function tooMany(retryAfterMs: number) {
  return refuse('media.too_many_reservations', {
    extra: { retry_after_ms: retryAfterMs },
    retryAfterSeconds: Math.ceil(retryAfterMs / 1000),
  })
}
