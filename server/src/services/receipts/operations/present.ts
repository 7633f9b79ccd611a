import type { Receipt } from '../api.ts'

type Shown = Record<string, Record<string, Record<string, { ts: number; thread_id?: string }>>>

/**
 * The content of an m.receipt event. Receipts of one person for one event differ by thread only in events of their own:
 * give the receipts of one thread at a time.
 * https://spec.matrix.org/v1.19/client-server-api/#mreceipt
 */
export function presentReceipts(receipts: readonly Receipt[]): Shown {
  const content: Shown = {}
  for (const { eventId, type, userId, atMs, threadId } of receipts) {
    const ofEvent = content[eventId] ?? {}
    const ofType = ofEvent[type] ?? {}
    content[eventId] = ofEvent
    ofEvent[type] = ofType
    ofType[userId] = { ts: atMs, ...(threadId === undefined ? {} : { thread_id: threadId }) }
  }
  return content
}
