import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { Position } from '../../../platform/stream/stream.ts'
import type { Receipt } from '../api.ts'
import { fromRow, type ReceiptRow, receiptColumns } from './receipt-rows.ts'

/** Receipts of rooms that were written in `(after, upTo]` and are current: what `viewer` may know of. */
export async function readChanges(
  { db }: { db: Database },
  viewer: string,
  roomIds: readonly string[],
  after: Position,
  upTo: Position,
): Promise<Receipt[]> {
  const rows = await db.rows<ReceiptRow>(sql`
    select ${receiptColumns} from receipts.receipt
    where room_id = any(${roomIds}) and position > ${after} and position <= ${upTo}
      and (type <> 'm.read.private' or user_id = ${viewer})`)
  return rows.map(fromRow)
}

export async function readOfUser(
  { db }: { db: Database },
  userId: string,
  roomIds: readonly string[],
): Promise<Receipt[]> {
  const rows = await db.rows<ReceiptRow>(sql`
    select ${receiptColumns} from receipts.receipt where room_id = any(${roomIds}) and user_id = ${userId}`)
  return rows.map(fromRow)
}

/** For the stream's reader: rows in the order of the stream, at most `limit`. */
export async function readStream(
  { db }: { db: Database },
  after: Position,
  upTo: Position,
  limit: number,
): Promise<Receipt[]> {
  const rows = await db.rows<ReceiptRow>(sql`
    select ${receiptColumns} from receipts.receipt
    where position > ${after} and position <= ${upTo} order by position limit ${limit}`)
  return rows.map(fromRow)
}

/** People whose current receipts, in any room, were written in `(after, upTo]`. */
export async function readReaders(
  { db }: { db: Database },
  after: Position,
  upTo: Position,
): Promise<string[]> {
  const rows = await db.rows<{ userId: string }>(sql`
    select distinct user_id as "userId" from receipts.receipt where position > ${after} and position <= ${upTo}`)
  return rows.map(({ userId }) => userId)
}
