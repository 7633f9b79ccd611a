import type { Clock } from '../../../platform/clock.ts'
import type { Database } from '../../../platform/db/database.ts'
import type { Position, Stream } from '../../../platform/stream/stream.ts'
import type { Delivered } from './call-gateway.ts'
import { finishDelivery, noteDelivered, removeRejected } from './lease-pushers.ts'
import type { LeasedPusher } from './pusher.ts'
import type { ToSend } from './what-to-send.ts'

export type DeliverDeps = {
  db: Database
  clock: Clock
  stream: Pick<Stream, 'position' | 'reached'>
  /** What is new for a person; few of these run at once. */
  look(userId: string, after: Position, upTo: Position): Promise<{ badge: number; notifications: ToSend[] }>
  send(pusher: LeasedPusher, news: News, signal: AbortSignal): Promise<Delivered>
}

/** A notification, or the number of unread messages alone, or the question whether what is sent arrives. */
export type News =
  | { kind: 'notification'; sent: ToSend; badge: number }
  | { kind: 'badge'; badge: number }
  | { kind: 'validation'; ackToken: string }

/**
 * Sends what is new for a pusher, in order, and notes after each what the far side has: a node that dies here may have sent one
 * notification that is sent again, and none that is not. Throws where the far side does not take it.
 */
export async function deliver(deps: DeliverDeps, pusher: LeasedPusher, signal: AbortSignal): Promise<void> {
  if (!pusher.activated) return validate(deps, pusher, signal)
  await deps.stream.reached(pusher.wanted, signal)
  const upTo = deps.stream.position()
  const { badge, notifications } = await deps.look(pusher.userId, pusher.delivered, upTo)
  for (const [index, sent] of notifications.entries()) {
    const answer = await deps.send(pusher, { kind: 'notification', sent, badge }, signal)
    if (answer === 'rejected') return removeRejected(deps, pusher)
    const isLast = index === notifications.length - 1
    if (!isLast && !(await noteDelivered(deps, pusher, { delivered: sent.event.position, badge }))) return
  }
  if (notifications.length === 0 && badge !== pusher.badge) {
    const answer = await deps.send(pusher, { kind: 'badge', badge }, signal)
    if (answer === 'rejected') return removeRejected(deps, pusher)
  }
  await finishDelivery(deps, pusher, { delivered: upTo, badge })
}

/** Sends what the client is to send back, as long as it may. */
async function validate(deps: DeliverDeps, pusher: LeasedPusher, signal: AbortSignal): Promise<void> {
  const { ackToken, ackExpiresAtMs, delivered, badge } = pusher
  if (ackToken !== null && (ackExpiresAtMs ?? 0) > deps.clock.now()) {
    const answer = await deps.send(pusher, { kind: 'validation', ackToken }, signal)
    if (answer === 'rejected') return removeRejected(deps, pusher)
  }
  await finishDelivery(deps, pusher, { delivered, badge })
}
