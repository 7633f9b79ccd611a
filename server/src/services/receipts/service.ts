import type { Registry } from 'prom-client'
import { createBatcher } from '../../platform/batch.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Database } from '../../platform/db/database.ts'
import type { Stream } from '../../platform/stream/stream.ts'
import type { AccountData } from '../account-data/api.ts'
import type { Rooms } from '../rooms/api.ts'
import type { Receipt, Receipts } from './api.ts'
import type { ReceiptsSettings } from './config.ts'
import { type Mark, markRead } from './operations/mark-read.ts'
import { presentReceipts } from './operations/present.ts'
import { readChanges, readOfUser, readReaders, readStream } from './operations/read-receipts.ts'
import { createRecentReceipts, type RecentReceipts } from './operations/recent-receipts.ts'
import { type NewReceipt, writeReceipts } from './operations/write-receipts.ts'

export type ReceiptsDeps = {
  db: Database
  stream: Stream
  clock: Clock
  metrics: Registry
  rooms: Pick<Rooms, 'membershipsOf' | 'requireJoined' | 'events'>
  accountData: Pick<AccountData, 'get' | 'put'>
  settings: ReceiptsSettings
}

export type ReceiptsService = Receipts & {
  /** Throws `rooms.forbidden` and the refusals of `refusals.ts`. */
  markRead(reader: { userId: string; roomId: string }, marks: readonly Mark[]): Promise<void>
}

/** Rows read at a time by a node that was away for long. */
const readMax = 5_000

/** Create it before `stream.start()`: it follows the stream. */
export function createReceipts(deps: ReceiptsDeps): ReceiptsService {
  const recent = createRecentReceipts(deps.stream.position, deps.settings.receiptsRemembered)
  const writes = createBatcher<NewReceipt, undefined>(deps, {
    name: 'receipts_write',
    sizeMax: 256,
    waitingMax: 10_000,
    run: (batch) => writeReceipts(deps, batch),
  })
  followReceipts(deps, recent)

  return {
    markRead: (reader, marks) => markRead({ ...deps, write: writes.submit }, reader, marks),
    async changes(viewer, roomIds, after, upTo) {
      const remembered = recent.between(after, upTo)
      if (!remembered) return byRoom(await readChanges(deps, viewer, roomIds, after, upTo))
      if (remembered.length === 0) return new Map()
      const wanted = new Set(roomIds)
      return byRoom(remembered.filter((receipt) => wanted.has(receipt.roomId) && isShown(receipt, viewer)))
    },
    async ofUser(userId, roomIds) {
      return roomIds.length === 0 ? new Map() : byRoom(await readOfUser(deps, userId, roomIds))
    },
    async readers(after, upTo) {
      const remembered = recent.between(after, upTo)
      return remembered ? remembered.map(({ userId }) => userId) : readReaders(deps, after, upTo)
    },
    inStream: ({ after, upTo, limit }) => readStream(deps, after, upTo, limit),
    present: presentReceipts,
  }
}

/** Reads each new receipt once for everybody on this node. */
function followReceipts(deps: ReceiptsDeps, recent: RecentReceipts): void {
  deps.stream.follow('receipts', async (after, upTo) => {
    const roomIds = new Set<string>()
    const users = new Set<string>()
    // After a failed advance the same rows are asked for again.
    for (let from = after; from < upTo; ) {
      const rows = await readStream(deps, from, upTo, readMax)
      const end = rows.length < readMax ? upTo : (rows.at(-1)?.position ?? upTo)
      recent.take(from, end, rows)
      for (const { type, roomId, userId } of rows) {
        if (type === 'm.read.private') users.add(userId)
        else roomIds.add(roomId)
      }
      from = end
    }
    return { roomIds, users }
  })
}

/** Private receipts are nobody else's business. https://spec.matrix.org/v1.19/client-server-api/#private-read-receipts */
function isShown({ type, userId }: Receipt, viewer: string): boolean {
  return type !== 'm.read.private' || userId === viewer
}

function byRoom(receipts: readonly Receipt[]): Map<string, Receipt[]> {
  return Map.groupBy(receipts, ({ roomId }) => roomId)
}
