import { authEventKeys } from '../auth-events.ts'
import type { Pdu, UnsignedPdu } from '../pdu.ts'
import type { RoomVersion } from '../room-versions.ts'
import { allowed, refused, type Verdict } from './verdict.ts'

/** An event that another cites in `auth_events`, and whether it was itself rejected. */
export type CitedEvent = {
  eventId: string
  rejected: boolean
  pdu: Pick<Pdu, 'type' | 'state_key' | 'room_id'>
}

/** Rule 2 up to version 11, rule 3 of version 12: an event must cite what the selection says and nothing else. */
export function authoriseCitedEvents(
  version: RoomVersion,
  event: UnsignedPdu,
  cited: readonly CitedEvent[],
): Verdict {
  if (hasRepetition(cited)) return refused('The event cites two auth events for the same state.')
  if (!areSelected(version, event, cited)) return refused('The event cites an auth event it must not cite.')
  if (cited.some((citation) => citation.rejected)) return refused('The event cites a rejected auth event.')
  if (!version.roomIdFromCreateEvent && !cited.some(({ pdu }) => pdu.type === 'm.room.create')) {
    return refused("The event does not cite the room's create event.")
  }
  if (cited.some(({ pdu }) => pdu.room_id !== event.room_id)) {
    return refused('The event cites an auth event of another room.')
  }
  return allowed
}

function hasRepetition(cited: readonly CitedEvent[]): boolean {
  return cited.some(({ pdu }, index) =>
    cited.slice(0, index).some((earlier) => samePlace(earlier.pdu, pdu.type, pdu.state_key)),
  )
}

function areSelected(version: RoomVersion, event: UnsignedPdu, cited: readonly CitedEvent[]): boolean {
  const selection = authEventKeys(version, event)
  return cited.every(({ pdu }) => selection.some((key) => samePlace(pdu, key.type, key.stateKey)))
}

function samePlace(pdu: CitedEvent['pdu'], type: string, stateKey: string | undefined): boolean {
  return pdu.type === type && pdu.state_key === stateKey
}
