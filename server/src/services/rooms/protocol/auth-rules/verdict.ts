import type { StateEvent, StateLookup, UnsignedPdu } from '../pdu.ts'
import type { PowerLevels } from '../power-levels.ts'
import type { RoomVersion } from '../room-versions.ts'

/** Whether an event may be part of its room, and if not, why, in a sentence that its sender may read. */
export type Verdict = { allowed: true } | { allowed: false; reason: string }

/** What every rule sees. `state` is the room's state before the event. */
export type RuleInput = {
  version: RoomVersion
  event: UnsignedPdu
  state: StateLookup
  create: StateEvent
  createEventId: string
  levels: PowerLevels
  senderLevel: number
  isSignedBy: (serverName: string) => boolean
}

export const allowed: Verdict = { allowed: true }

export function refused(reason: string): Verdict {
  return { allowed: false, reason }
}

/** The user's current membership; undefined if the room has never heard of them. */
export function membershipOf(state: StateLookup, userId: string): string | undefined {
  const membership = state('m.room.member', userId)?.content['membership']
  return typeof membership === 'string' ? membership : undefined
}
