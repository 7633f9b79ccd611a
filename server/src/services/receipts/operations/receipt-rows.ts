import { type Sql, sql } from '../../../platform/db/sql.ts'
import type { Position } from '../../../platform/stream/stream.ts'
import type { Receipt } from '../api.ts'

export type ReceiptRow = Omit<Receipt, 'threadId'> & { threadId: string; position: Position }

export const receiptColumns: Sql = sql`room_id as "roomId", user_id as "userId", type, thread_id as "threadId",
  event_id as "eventId", event_position as "eventPosition", at_ms as "atMs", position`

export function fromRow({ threadId, ...row }: ReceiptRow): Receipt {
  return { ...row, threadId: threadId === '' ? undefined : threadId }
}

/** Receipts with the same key replace each other. */
export function keyOf({ roomId, userId, type, threadId }: Omit<Receipt, 'position'>): string {
  return JSON.stringify([roomId, userId, type, threadId ?? ''])
}
