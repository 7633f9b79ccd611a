import type { Clock } from '../../../platform/clock.ts'
import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { Position } from '../../../platform/stream/stream.ts'
import type { LeasedPusher, PusherKey } from './pusher.ts'

type Deps = { db: Database; clock: Clock }
type Lease = PusherKey & { fence: number }

/** Longer than any one request to a gateway, so that a node that works is never overtaken. */
const leaseMs = 45_000
const candidatesMax = 500

/**
 * Takes up to `limit` pushers that are due, and of each gateway no more than make `perGateway` with the `busy` ones: a gateway
 * that keeps its callers waiting keeps nobody else.
 */
export function leasePushers(
  { db, clock }: Deps,
  options: { limit: number; perGateway: number; busy: ReadonlyMap<string, number> },
): Promise<LeasedPusher[]> {
  const now = clock.now()
  const { limit, perGateway, busy } = options
  const full = [...busy].filter(([, count]) => count >= perGateway).map(([gateway]) => gateway)
  return db.transaction((tx) =>
    tx.rows<LeasedPusher>(sql`
      with waiting as (
        select user_id, app_id, pushkey, gateway, due_at_ms from push.pusher
        where due_at_ms <= ${now} and leased_until_ms <= ${now} and gateway <> all(${full})
        order by due_at_ms limit ${candidatesMax}
      ), placed as (
        select *, row_number() over (partition by gateway order by due_at_ms) as place from waiting
      ), chosen as (
        select pusher.user_id, pusher.app_id, pusher.pushkey
        from placed join push.pusher using (user_id, app_id, pushkey)
        left join unnest(${[...busy.keys()]}::text[], ${[...busy.values()]}::int[]) as busy (gateway, count)
          on busy.gateway = placed.gateway
        where placed.place <= ${perGateway} - coalesce(busy.count, 0)
          and pusher.due_at_ms <= ${now} and pusher.leased_until_ms <= ${now}
        order by placed.due_at_ms limit ${limit} for update of pusher skip locked
      )
      update push.pusher as pusher
      set leased_until_ms = ${now + leaseMs}, fence = fence + 1, attempts = attempts + 1
      from chosen
      where (pusher.user_id, pusher.app_id, pusher.pushkey) = (chosen.user_id, chosen.app_id, chosen.pushkey)
      returning pusher.user_id as "userId", pusher.app_id as "appId", pusher.pushkey, kind, data, gateway,
        set_at_ms as "setAtMs", activated, ack_token as "ackToken", ack_expires_at_ms as "ackExpiresAtMs", delivered, wanted, badge, attempts, fence`),
  )
}

/** Notes what the far side has got, and gives whether the lease still holds: without it nothing more may be sent. */
export async function noteDelivered(
  { db, clock }: Deps,
  { userId, appId, pushkey, fence }: Lease,
  { delivered, badge }: { delivered: Position; badge: number },
): Promise<boolean> {
  const touched = await db.run(sql`
    update push.pusher set delivered = ${delivered}, badge = ${badge}, leased_until_ms = ${clock.now() + leaseMs}
    where user_id = ${userId} and app_id = ${appId} and pushkey = ${pushkey} and fence = ${fence}`)
  return touched > 0
}

/** Everything up to `delivered` is done. What was marked meanwhile is due at once. */
export async function finishDelivery(
  { db, clock }: Deps,
  { userId, appId, pushkey, fence }: Lease,
  { delivered, badge }: { delivered: Position; badge: number },
): Promise<void> {
  await db.run(sql`
    update push.pusher set delivered = ${delivered}, badge = ${badge}, leased_until_ms = 0, attempts = 0, last_error = null,
      due_at_ms = case when wanted > ${delivered} then ${clock.now()}::bigint end
    where user_id = ${userId} and app_id = ${appId} and pushkey = ${pushkey} and fence = ${fence}`)
}

/** Gives a pusher back to be tried again, here or elsewhere. */
export async function postpone(
  { db, clock }: Deps,
  { userId, appId, pushkey, fence }: Lease,
  { waitMs, problem, countsAsAttempt }: { waitMs: number; problem: string; countsAsAttempt: boolean },
): Promise<void> {
  await db.run(sql`
    update push.pusher set leased_until_ms = 0, due_at_ms = ${clock.now() + waitMs}, last_error = ${problem},
      attempts = attempts - ${countsAsAttempt ? 0 : 1}
    where user_id = ${userId} and app_id = ${appId} and pushkey = ${pushkey} and fence = ${fence}`)
}

/** Removes a pusher of which the far side says that it is none, unless it has been set anew meanwhile. */
export async function removeRejected({ db }: Deps, { userId, appId, pushkey, fence }: Lease): Promise<void> {
  await db.run(sql`
    delete from push.pusher
    where user_id = ${userId} and app_id = ${appId} and pushkey = ${pushkey} and fence = ${fence}`)
}
