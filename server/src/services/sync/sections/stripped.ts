import type { MembershipEntry, Rooms } from '../../rooms/api.ts'
import { eventsOf, type Json, json, objectOf } from '../json-text.ts'

/** Rooms that the person is invited to or knocks on. https://spec.matrix.org/v1.19/client-server-api/#stripped-state */
export async function strippedRooms(
  { rooms }: { rooms: Pick<Rooms, 'strippedState'> },
  entries: readonly MembershipEntry[],
  member: 'invite_state' | 'knock_state',
): Promise<Json | undefined> {
  if (entries.length === 0) return undefined
  return objectOf(
    await Promise.all(
      entries.map(async ({ roomId, position }): Promise<[string, Json]> => {
        const events = await rooms.strippedState(roomId, position)
        return [roomId, objectOf([[member, eventsOf(events.map(json))]])]
      }),
    ),
  )
}
