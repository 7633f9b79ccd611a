import type { Position } from '../../../platform/stream/stream.ts'
import type { Receipt } from '../../receipts/api.ts'

/** The thread id of the main timeline. */
export const MAIN = 'main'

/**
 * Up to where a person has read each thread of a room: their furthest receipt, public or private, for that thread or
 * for the whole room (https://spec.matrix.org/v1.19/client-server-api/#marking-notifications-as-read).
 */
export type ReadMarks = {
  readonly unthreaded: Position
  of(thread: string): Position
}

export function readMarks(receipts: readonly Receipt[]): ReadMarks {
  let unthreaded: Position = 0
  const threads = new Map<string, Position>()
  for (const { threadId, eventPosition } of receipts) {
    if (threadId === undefined) unthreaded = Math.max(unthreaded, eventPosition)
    else threads.set(threadId, Math.max(threads.get(threadId) ?? 0, eventPosition))
  }
  return { unthreaded, of: (thread) => Math.max(unthreaded, threads.get(thread) ?? 0) }
}
