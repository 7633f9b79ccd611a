import type { Clock } from '../../../platform/clock.ts'
import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { Stream } from '../../../platform/stream/stream.ts'
import { refuse } from '../refusals.ts'

export type Acknowledgement = { userId: string; appId: string; ackToken: string }

/**
 * Lets a pusher of Web Push have notifications from now on, of which the client has shown that its messages arrive. Saying so again
 * changes nothing. https://github.com/matrix-org/matrix-spec-proposals/pull/4174
 */
export async function activatePusher(
  { db, clock, stream }: { db: Database; clock: Clock; stream: Pick<Stream, 'head'> },
  { userId, appId, ackToken }: Acknowledgement,
): Promise<void> {
  type Row = { pushkey: string; isTokens: boolean; activated: boolean; expiresAtMs: number | null }
  const rows = await db.rows<Row>(sql`
    select pushkey, coalesce(ack_token = ${ackToken}, false) as "isTokens", activated,
      ack_expires_at_ms as "expiresAtMs"
    from push.pusher where user_id = ${userId} and app_id = ${appId}`)
  if (rows.length === 0) throw refuse('push.pusher_unknown')
  const row = rows.find(({ isTokens }) => isTokens)
  if (!row) throw refuse('push.ack_token_unknown')
  if (row.activated) return
  if ((row.expiresAtMs ?? 0) <= clock.now()) throw refuse('push.ack_token_expired')
  // What came before is not sent; what comes between the two statements is looked for, as nobody has marked it.
  const head = await stream.head()
  await db.run(sql`
    update push.pusher set activated = true, delivered = greatest(delivered, ${head}), wanted = greatest(wanted, ${head})
    where user_id = ${userId} and app_id = ${appId} and pushkey = ${row.pushkey} and ack_token = ${ackToken}`)
  const later = await stream.head()
  await db.run(sql`
    update push.pusher set wanted = greatest(wanted, ${later}), due_at_ms = coalesce(due_at_ms, ${clock.now()})
    where user_id = ${userId} and app_id = ${appId} and pushkey = ${row.pushkey} and ack_token = ${ackToken}`)
}
