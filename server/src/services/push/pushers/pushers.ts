import type { Registry } from 'prom-client'
import type { Clock } from '../../../platform/clock.ts'
import type { Database } from '../../../platform/db/database.ts'
import type { Jobs } from '../../../platform/jobs.ts'
import type { JsonValue } from '../../../platform/json.ts'
import type { Log } from '../../../platform/log.ts'
import type { Outgoing } from '../../../platform/outgoing/outgoing.ts'
import type { Random } from '../../../platform/random.ts'
import type { Stream } from '../../../platform/stream/stream.ts'
import type { Receipts } from '../../receipts/api.ts'
import type { Rooms } from '../../rooms/api.ts'
import { messageOf } from '../web-push/message.ts'
import { sendWebPush } from '../web-push/send-web-push.ts'
import type { Vapid } from '../web-push/vapid.ts'
import { type Acknowledgement, activatePusher } from './activate-pusher.ts'
import { callGateway, type Delivered } from './call-gateway.ts'
import type { News } from './deliver.ts'
import { notificationOf } from './notification.ts'
import { createPlaces } from './places.ts'
import { type LeasedPusher, type PusherKey, type ShownPusher, webPushKinds } from './pusher.ts'
import { forgetDevices, readPushers } from './read-pushers.ts'
import {
  type PushkeyTaken,
  pushkeyTakenQueue,
  releasePushkey,
  removePusher,
  type SetPusherRequest,
  setPusher,
} from './set-pusher.ts'
import { type SendingDeps, whatToSend } from './what-to-send.ts'
import { createWorker } from './worker.ts'

export type PushersDeps = SendingDeps & {
  db: Database
  clock: Clock
  random: Random
  log: Log
  metrics: Registry
  stream: Stream
  jobs: Pick<Jobs, 'enqueue' | 'wake' | 'handle'>
  outgoing: Outgoing
  vapid: Vapid
  rooms: Pick<Rooms, 'eventsInStream'>
  receipts: Pick<Receipts, 'readers'>
}

export type Pushers = {
  of(userId: string): Promise<ShownPusher[]>
  /** Gives whether the pusher is to be activated by its client before anything else is sent to it. */
  set(request: SetPusherRequest): Promise<{ toBeActivated: boolean }>
  activate(acknowledgement: Acknowledgement): Promise<void>
  remove(key: PusherKey): Promise<void>
  /** Removes the pushers of sessions that have ended. */
  forgetDevices(userId: string, deviceIds: readonly string[]): Promise<void>
  /** Begins to send. Without it pushers are kept, and another node sends. */
  start(): void
  close(): Promise<void>
}

/** People looked after at once on a node: what that asks of the database is to leave room for those who chat. */
const looksAtOnce = 4

export function createPushers(deps: PushersDeps): Pushers {
  const { db } = deps
  const places = createPlaces(looksAtOnce)
  const worker = createWorker({
    ...deps,
    look: (userId, after, upTo) => places.take(() => whatToSend(deps, userId, after, upTo)),
    send: (pusher, news, signal) => send(deps, pusher, news, signal),
  })
  deps.jobs.handle(pushkeyTakenQueue, (payload) => releasePushkey(db, takenIn(payload)))

  return {
    of: (userId) => readPushers(db, userId),
    async set(request) {
      const set = await setPusher(deps, request)
      worker.wake()
      return set
    },
    async activate(acknowledgement) {
      await activatePusher(deps, acknowledgement)
      worker.wake()
    },
    remove: (key) => removePusher(db, key),
    forgetDevices: (userId, deviceIds) => forgetDevices(db, userId, deviceIds),
    start: worker.start,
    close: worker.close,
  }
}

/**
 * Browsers get no count alone: they want something to be shown for every message, and take the permission away from whoever sends
 * many that show nothing.
 */
async function send(
  deps: PushersDeps,
  pusher: LeasedPusher,
  news: News,
  signal: AbortSignal,
): Promise<Delivered> {
  if (!webPushKinds.some((kind) => kind === pusher.kind)) {
    const sent = news.kind === 'notification' ? news.sent : undefined
    const badge = news.kind === 'validation' ? 0 : news.badge
    return callGateway(deps, pusher, notificationOf(pusher, sent, badge), signal)
  }
  switch (news.kind) {
    case 'badge':
      return 'taken'
    case 'validation': {
      const message = { app_id: pusher.appId, ack_token: news.ackToken }
      return sendWebPush(deps, pusher, message, { urgency: 'high', signal })
    }
    case 'notification': {
      const message = messageOf(pusher, news.sent, news.badge)
      const urgency = message['prio'] === 'high' ? 'high' : 'normal'
      return sendWebPush(deps, pusher, message, { urgency, signal })
    }
  }
}

/** What `setPusher` enqueued. */
function takenIn(payload: JsonValue): PushkeyTaken {
  return payload as PushkeyTaken
}
