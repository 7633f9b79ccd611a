import type { Clock } from '../../../platform/clock.ts'
import type { Database, Tx } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { Jobs } from '../../../platform/jobs.ts'
import { OutgoingError } from '../../../platform/outgoing/errors.ts'
import type { Outgoing } from '../../../platform/outgoing/outgoing.ts'
import type { Random } from '../../../platform/random.ts'
import type { Stream } from '../../../platform/stream/stream.ts'
import { refuse } from '../refusals.ts'
import { type Pusher, type PusherKey, webPushKinds } from './pusher.ts'

export type SetPusherDeps = {
  db: Database
  clock: Clock
  random: Random
  stream: Pick<Stream, 'head'>
  jobs: Pick<Jobs, 'enqueue' | 'wake'>
  outgoing: Pick<Outgoing, 'examine'>
}

export type SetPusherRequest = {
  owner: { userId: string; deviceId: string }
  pusher: Pusher
  /** Leaves the pushers that other people have for this device. */
  append: boolean
}

/** What is done about other people's pushers after somebody took over a device. */
export type PushkeyTaken = { userId: string; appId: string; pushkey: string; setAtMs: number }

export const pushkeyTakenQueue = 'push.pushkey_taken'
const pushersMax = 100
const ackLifetimeMs = 300_000

/**
 * Makes a person's pusher, or changes it; from then on what notifies the person is sent there. It belongs to the session that
 * set it last. One of Web Push that is new, or has other keys or another address, has to be activated first.
 */
export async function setPusher(
  deps: SetPusherDeps,
  request: SetPusherRequest,
): Promise<{ toBeActivated: boolean }> {
  const { owner, pusher, append } = request
  await examineUrl(deps.outgoing, pusher.data.url)
  const { userId, deviceId } = owner
  const { appId, pushkey } = pusher
  const now = deps.clock.now()
  const head = await deps.stream.head()
  const ackToken = webPushKinds.some((kind) => kind === pusher.kind) ? deps.random.text(32) : null
  const activated = await deps.db.transaction(async (tx) => {
    await refuseTooMany(tx, { userId, appId, pushkey })
    const isActivated = ackToken === null || (await isKnown(tx, userId, pusher))
    // Due at once: the first look takes in what came while this was being written, and tells the count.
    await tx.run(sql`
      insert into push.pusher as known
        (user_id, app_id, pushkey, device_id, kind, app_display_name, device_display_name, profile_tag, lang, data, gateway,
         set_at_ms, delivered, wanted, due_at_ms, activated, ack_token, ack_expires_at_ms)
      values (${userId}, ${appId}, ${pushkey}, ${deviceId}, ${pusher.kind}, ${pusher.appDisplayName},
        ${pusher.deviceDisplayName}, ${pusher.profileTag}, ${pusher.lang}, ${JSON.stringify(pusher.data)},
        ${new URL(pusher.data.url).origin}, ${now}, ${head}, ${head}, ${now}, ${isActivated}, ${ackToken},
        ${ackToken === null ? null : now + ackLifetimeMs})
      on conflict (user_id, app_id, pushkey) do update set device_id = excluded.device_id, kind = excluded.kind,
        app_display_name = excluded.app_display_name, device_display_name = excluded.device_display_name,
        profile_tag = excluded.profile_tag, lang = excluded.lang, data = excluded.data, gateway = excluded.gateway,
        set_at_ms = excluded.set_at_ms, due_at_ms = excluded.due_at_ms, activated = excluded.activated,
        ack_token = excluded.ack_token, ack_expires_at_ms = excluded.ack_expires_at_ms, attempts = 0, badge = -1,
        fence = known.fence + 1, leased_until_ms = 0, last_error = null`)
    if (append) return isActivated
    const payload: PushkeyTaken = { userId, appId, pushkey, setAtMs: now }
    await deps.jobs.enqueue(tx, pushkeyTakenQueue, { id: JSON.stringify([appId, pushkey]), payload })
    return isActivated
  })
  if (!append) deps.jobs.wake()
  return { toBeActivated: !activated }
}

async function refuseTooMany(tx: Tx, { userId, appId, pushkey }: PusherKey): Promise<void> {
  const [row] = await tx.rows<{ others: number }>(sql`
    select count(*)::int as others from push.pusher
    where user_id = ${userId} and (app_id, pushkey) <> (${appId}, ${pushkey})`)
  if ((row?.others ?? 0) >= pushersMax) throw refuse('push.pushers_full')
}

/** Whether messages are known to arrive at this very place. */
async function isKnown(tx: Tx, userId: string, { appId, pushkey, data }: Pusher): Promise<boolean> {
  const [row] = await tx.rows(sql`
    select 1 from push.pusher
    where user_id = ${userId} and app_id = ${appId} and pushkey = ${pushkey} and activated
      and data ->> 'url' = ${data.url} and data ->> 'auth' = ${String(data['auth'])}`)
  return row !== undefined
}

export async function removePusher(db: Database, { userId, appId, pushkey }: PusherKey): Promise<void> {
  await db.run(sql`
    delete from push.pusher where user_id = ${userId} and app_id = ${appId} and pushkey = ${pushkey}`)
}

/** Removes the pushers that others have for a device which has another owner now. */
export async function releasePushkey(db: Database, taken: PushkeyTaken): Promise<void> {
  await db.run(sql`
    delete from push.pusher
    where app_id = ${taken.appId} and pushkey = ${taken.pushkey} and user_id <> ${taken.userId}
      and set_at_ms <= ${taken.setAtMs}`)
}

async function examineUrl(outgoing: Pick<Outgoing, 'examine'>, url: string): Promise<void> {
  try {
    await outgoing.examine(url, { plainHttp: 'named-networks' })
  } catch (error) {
    if (error instanceof OutgoingError)
      throw refuse('push.url_refused', `data.url is not called by this server: ${error.message}.`)
    throw error
  }
}
