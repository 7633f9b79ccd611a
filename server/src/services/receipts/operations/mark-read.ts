import type { Clock } from '../../../platform/clock.ts'
import type { AccountData } from '../../account-data/api.ts'
import type { Rooms, TimelineEvent } from '../../rooms/api.ts'
import type { ReceiptType } from '../api.ts'
import { refuse } from '../refusals.ts'
import type { NewReceipt } from './write-receipts.ts'

export type MarkDeps = {
  clock: Clock
  rooms: Pick<Rooms, 'membershipsOf' | 'requireJoined' | 'events'>
  accountData: Pick<AccountData, 'get' | 'put'>
  write(receipt: NewReceipt): Promise<unknown>
}

export type Mark = { type: ReceiptType | 'm.fully_read'; eventId: string; threadId?: string | undefined }

/**
 * Says how far a person has read in a room, by any number of marks; when one is refused, none is made. Resolves when
 * all are durable.
 * https://spec.matrix.org/v1.19/client-server-api/#receipts
 */
export async function markRead(
  deps: MarkDeps,
  reader: { userId: string; roomId: string },
  marks: readonly Mark[],
): Promise<void> {
  const { userId, roomId } = reader
  await requireJoined(deps.rooms, userId, roomId)
  const found = await deps.rooms.events(roomId, [...new Set(marks.map(({ eventId }) => eventId))])
  const events = new Map(found.map((event) => [event.eventId, event]))
  const accepted = marks.map((mark) => ({ mark, event: acceptedEvent(mark, events.get(mark.eventId)) }))
  await Promise.all(
    accepted.map(({ mark: { type, threadId }, event: { eventId, position } }) => {
      if (type === 'm.fully_read') return moveFullyRead(deps, reader, { eventId, position })
      const atMs = deps.clock.now()
      return deps.write({ roomId, userId, type, threadId, eventId, eventPosition: position, atMs })
    }),
  )
}

/** From memory when this node knows; somebody who has joined a moment ago is looked up. */
async function requireJoined(rooms: MarkDeps['rooms'], userId: string, roomId: string): Promise<void> {
  const entry = (await rooms.membershipsOf(userId)).get(roomId)
  if (entry?.membership !== 'join') await rooms.requireJoined(roomId, userId)
}

function acceptedEvent({ threadId }: Mark, event: TimelineEvent | undefined): TimelineEvent {
  if (!event) throw refuse('receipts.event_unknown')
  if (threadId !== undefined && !belongs(event, threadId)) throw refuse('receipts.thread_unrelated')
  return event
}

/**
 * Thread roots are in the main timeline; clients that show a thread with its root also send receipts for it there.
 * https://spec.matrix.org/v1.19/client-server-api/#threaded-read-receipts
 */
function belongs({ eventId, threadRoot }: TimelineEvent, threadId: string): boolean {
  return threadId === 'main' ? threadRoot === undefined : threadRoot === threadId || eventId === threadId
}

/** Like a receipt, the marker does not move back when a device that lags behind repeats an old one. */
async function moveFullyRead(
  { rooms, accountData }: MarkDeps,
  { userId, roomId }: { userId: string; roomId: string },
  target: Pick<TimelineEvent, 'eventId' | 'position'>,
): Promise<void> {
  const current = (await accountData.get(userId, roomId, 'm.fully_read'))?.['event_id']
  if (current === target.eventId) return
  if (typeof current === 'string') {
    const [reached] = await rooms.events(roomId, [current])
    if (reached && reached.position > target.position) return
  }
  await accountData.put(userId, roomId, 'm.fully_read', { event_id: target.eventId })
}
