import type { Clock } from '../../../platform/clock.ts'
import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { Log } from '../../../platform/log.ts'

/**
 * When and from where each device was last seen. Kept in memory and written for many devices at once, each at most
 * every few minutes, so that a request costs no write; a node that dies forgets at most its last minute.
 */
export type LastSeen = {
  note(userId: string, deviceId: string, address: string | undefined): void
  start(): void
  /** Writes what is not yet written. */
  close(): Promise<void>
}

type Sighting = { userId: string; deviceId: string; atMs: number; address: string | undefined }

const flushEveryMs = 60_000
const writeEveryMs = 300_000
const devicesMax = 100_000
const batchSize = 1000

export function createLastSeen(deps: { db: Database; clock: Clock; log: Log }): LastSeen {
  const unwritten = new Map<string, Sighting>()
  const writtenAt = new Map<string, number>()
  let cancel: () => void = () => undefined
  let flushing: Promise<void> = Promise.resolve()

  function schedule(): void {
    cancel = deps.clock.after(flushEveryMs, () => {
      flushing = flush().finally(schedule)
    })
  }

  async function flush(): Promise<void> {
    while (unwritten.size > 0) {
      const batch = [...unwritten.values()].slice(0, batchSize)
      for (const sighting of batch) {
        unwritten.delete(keyOf(sighting))
        writtenAt.set(keyOf(sighting), sighting.atMs)
      }
      while (writtenAt.size > devicesMax) writtenAt.delete(writtenAt.keys().next().value ?? '')
      try {
        await write(deps.db, batch)
      } catch (error) {
        deps.log.warn({ err: error }, 'could not write when devices were last seen')
        return
      }
    }
  }

  return {
    note(userId, deviceId, address) {
      const atMs = deps.clock.now()
      const sighting = { userId, deviceId, atMs, address }
      const key = keyOf(sighting)
      if (atMs - (writtenAt.get(key) ?? 0) < writeEveryMs) return
      if (unwritten.size < devicesMax || unwritten.has(key)) unwritten.set(key, sighting)
    },
    start: schedule,
    async close() {
      cancel()
      await flushing
      cancel()
      await flush()
    },
  }
}

function keyOf({ userId, deviceId }: { userId: string; deviceId: string }): string {
  return `${userId} ${deviceId}`
}

async function write(db: Database, batch: readonly Sighting[]): Promise<void> {
  await db.run(sql`
    update identity.device device set last_seen_at_ms = seen.at_ms, last_seen_ip = coalesce(seen.ip, last_seen_ip)
    from unnest(
      ${batch.map(({ userId }) => userId)}::text[], ${batch.map(({ deviceId }) => deviceId)}::text[],
      ${batch.map(({ atMs }) => atMs)}::bigint[], ${batch.map(({ address }) => address ?? null)}::text[]
    ) as seen (user_id, device_id, at_ms, ip)
    where device.user_id = seen.user_id and device.device_id = seen.device_id
      and coalesce(device.last_seen_at_ms, 0) < seen.at_ms`)
}
