import type { Registry } from 'prom-client'
import { createBatcher } from '../../platform/batch.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Database } from '../../platform/db/database.ts'
import { sql } from '../../platform/db/sql.ts'
import type { Jobs } from '../../platform/jobs.ts'
import type { Random } from '../../platform/random.ts'
import { createLastPositions } from '../../platform/stream/last-positions.ts'
import type { Position, Stream } from '../../platform/stream/stream.ts'
import type { Identity } from '../identity/api.ts'
import type { ToDevice } from './api.ts'
import type { ToDeviceSettings } from './config.ts'
import { acknowledgeAll } from './operations/acknowledge.ts'
import { forgetDevices, forgetTransactions, forgetUser } from './operations/forget.ts'
import { readPending } from './operations/pending.ts'
import { prepareSend, type SendRequest, sendAll } from './operations/send.ts'

export type ToDeviceDeps = {
  db: Database
  stream: Stream
  jobs: Pick<Jobs, 'repeat'>
  clock: Clock
  random: Random
  metrics: Registry
  identity: Pick<Identity, 'devices'>
  settings: ToDeviceSettings
}

export type ToDeviceService = ToDevice & {
  /** Resolves when the messages are durable. The same request sent again sends nothing again. */
  send(request: SendRequest): Promise<void>
  /** For the jobs that identity enqueues when devices or accounts end. */
  forgetDevices(userId: string, deviceIds: readonly string[]): Promise<void>
  forgetUser(userId: string): Promise<void>
}

const hourMs = 3_600_000

export function createToDevice(deps: ToDeviceDeps): ToDeviceService {
  const { db, stream, clock, settings } = deps
  const newest = createLastPositions(stream.position, settings.devicesRemembered)
  const acknowledged = createLastAcknowledged(settings.devicesRemembered)
  const { sends, reads, removals } = createBatchers(deps)

  stream.follow('to_device', async (after, upTo) => {
    const rows = await db.rows<{ user_id: string; device_id: string; position: Position }>(sql`
      select user_id, device_id, max(position) as position from to_device.message
      where position > ${after} and position <= ${upTo} group by user_id, device_id`)
    newest.take(
      after,
      rows.map((row) => [keyOf(row.user_id, row.device_id), row.position]),
    )
    return { users: new Set(rows.map((row) => row.user_id)) }
  })
  deps.jobs.repeat('to_device.forget_transactions', hourMs, () =>
    forgetTransactions(deps, clock.now() - settings.transactionsKept),
  )

  return {
    async send(request) {
      const prepared = prepareSend(request, settings.messageBytesMax)
      await sends.submit(prepared)
    },
    async pending(userId, deviceId, after, upTo, limit) {
      if (newest.latest(keyOf(userId, deviceId)) <= after) return { events: [], last: undefined }
      return reads.submit({ userId, deviceId, after, upTo, limit })
    },
    async acknowledge(userId, deviceId, upTo) {
      const key = keyOf(userId, deviceId)
      if (acknowledged.covers(key, Math.min(upTo, newest.latest(key)))) return
      await removals.submit({ userId, deviceId, upTo })
      acknowledged.set(key, upTo)
    },
    forgetDevices: (userId, deviceIds) => forgetDevices(deps, userId, deviceIds),
    forgetUser: (userId) => forgetUser(deps, userId),
  }
}

function createBatchers(deps: ToDeviceDeps) {
  const sends = createBatcher(deps, {
    name: 'to_device_send',
    sizeMax: 64,
    waitingMax: 10_000,
    run: (requests: Parameters<typeof sendAll>[1]) => sendAll(deps, requests),
  })
  const reads = createBatcher(deps, {
    name: 'to_device_pending',
    sizeMax: 256,
    waitingMax: 50_000,
    run: (requests: Parameters<typeof readPending>[1]) => readPending(deps, requests),
  })
  const removals = createBatcher(deps, {
    name: 'to_device_acknowledge',
    sizeMax: 256,
    waitingMax: 50_000,
    run: (requests: Parameters<typeof acknowledgeAll>[1]) => acknowledgeAll(deps, requests),
  })
  return { sends, reads, removals }
}

/** How far each device's inbox is known to be empty from below. Forgetting costs one needless delete. */
function createLastAcknowledged(devicesMax: number) {
  const positions = new Map<string, Position>()
  return {
    covers: (key: string, upTo: Position) => (positions.get(key) ?? -1) >= upTo,
    set(key: string, upTo: Position) {
      const highest = Math.max(upTo, positions.get(key) ?? -1)
      positions.delete(key)
      positions.set(key, highest)
      if (positions.size > devicesMax) positions.delete(positions.keys().next().value ?? key)
    },
  }
}

function keyOf(userId: string, deviceId: string): string {
  return `${userId}\n${deviceId}`
}
