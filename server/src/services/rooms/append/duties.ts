import type { Tx } from '../../../platform/db/database.ts'
import type { Jobs } from '../../../platform/jobs.ts'
import type { RoomDraft } from './room-draft.ts'

/** Jobs that this service enqueues for itself in the transaction of the events that make them necessary. */
export type RoomsJobs = {
  /** Guests are no longer welcome in the room. */
  'rooms.guests_leave': { roomId: string }
}

/** Enqueues what follows from the new events; true if there is something. */
export async function enqueueDuties(
  jobs: Pick<Jobs, 'enqueue'>,
  tx: Tx,
  rooms: readonly RoomDraft[],
): Promise<boolean> {
  const closed = rooms.filter(closesToGuests)
  for (const { roomId } of closed) {
    const payload: RoomsJobs['rooms.guests_leave'] = { roomId }
    await jobs.enqueue(tx, 'rooms.guests_leave', { id: roomId, payload })
  }
  return closed.length > 0
}

/** A room that is new has no guests yet. */
function closesToGuests({ base, changes }: RoomDraft): boolean {
  const wasOpen = base?.event('m.room.guest_access', '')?.content['guest_access'] === 'can_join'
  if (!wasOpen) return false
  for (const { type, stateKey, content } of changes.values())
    if (type === 'm.room.guest_access' && stateKey === '') return content['guest_access'] !== 'can_join'
  return false
}
