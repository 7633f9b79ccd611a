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
import { callGateway } from './call-gateway.ts'
import { createPlaces } from './places.ts'
import type { Pusher, PusherKey } from './pusher.ts'
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
  rooms: Pick<Rooms, 'eventsInStream'>
  receipts: Pick<Receipts, 'readers'>
}

export type Pushers = {
  of(userId: string): Promise<Pusher[]>
  set(request: SetPusherRequest): Promise<void>
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
    send: (pusher, notification, signal) => callGateway(deps, pusher, notification, signal),
  })
  deps.jobs.handle(pushkeyTakenQueue, (payload) => releasePushkey(db, takenIn(payload)))

  return {
    of: (userId) => readPushers(db, userId),
    async set(request) {
      await setPusher(deps, request)
      worker.wake()
    },
    remove: (key) => removePusher(db, key),
    forgetDevices: (userId, deviceIds) => forgetDevices(db, userId, deviceIds),
    start: worker.start,
    close: worker.close,
  }
}

/** What `setPusher` enqueued. */
function takenIn(payload: JsonValue): PushkeyTaken {
  return payload as PushkeyTaken
}
