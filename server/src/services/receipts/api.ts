import type { Position } from '../../platform/stream/stream.ts'

export type ReceiptType = 'm.read' | 'm.read.private'

export type Receipt = {
  roomId: string
  userId: string
  type: ReceiptType
  /** Undefined: unthreaded; 'main' or a thread root otherwise. */
  threadId: string | undefined
  eventId: string
  /** Of the event that was read. */
  eventPosition: Position
  atMs: number
  /** Of the receipt itself in the stream. */
  position: Position
}

export type Receipts = {
  /** Receipts written in `(after, upTo]` per room; private ones only of `viewer`. `after` 0: all current ones. */
  changes(
    viewer: string,
    roomIds: readonly string[],
    after: Position,
    upTo: Position,
  ): Promise<Map<string, Receipt[]>>
  /** A person's own receipts, both types, all threads: what unread counts start from. */
  ofUser(userId: string, roomIds: readonly string[]): Promise<Map<string, Receipt[]>>
  /** People who have read something in `(after, upTo]`, in whatever room. */
  readers(after: Position, upTo: Position): Promise<string[]>
  /** Receipts of all rooms written in `(after, upTo]` that are current, in the order of the stream, at most `limit`. */
  inStream(range: { after: Position; upTo: Position; limit: number }): Promise<Receipt[]>
  /** The content of an m.receipt event. */
  present(receipts: readonly Receipt[]): Record<string, unknown>
}
