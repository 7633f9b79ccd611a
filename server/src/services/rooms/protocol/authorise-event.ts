import assert from 'node:assert/strict'
import { authoriseCitedEvents, type CitedEvent } from './auth-rules/cited-events.ts'
import { authoriseCreate } from './auth-rules/create.ts'
import { authoriseMembership } from './auth-rules/membership.ts'
import { authorisePowerLevels } from './auth-rules/power-levels.ts'
import { allowed, membershipOf, type RuleInput, refused, type Verdict } from './auth-rules/verdict.ts'
import { roomIdFromCreateEventId } from './hash-event.ts'
import { serverNameOf } from './identifiers.ts'
import type { StateLookup, UnsignedPdu } from './pdu.ts'
import { actionLevel, eventLevel, powerLevelsOf, userLevel } from './power-levels.ts'
import type { RoomVersion } from './room-versions.ts'

export type { CitedEvent } from './auth-rules/cited-events.ts'
export type { Verdict } from './auth-rules/verdict.ts'

export type AuthorisationContext = {
  /** The events in the event's `auth_events`, all of them. */
  authEvents: readonly CitedEvent[]
  /** The state to judge by: that before the event, that of its auth events, or the room's current one. */
  state: StateLookup
  /** The id of the room's create event; undefined if there is none that was accepted. */
  createEventId: string | undefined
  /** Whether the event bears, or is about to get, a valid signature of this server. */
  isSignedBy: (serverName: string) => boolean
}

/**
 * Whether the authorisation rules of the room version allow the event. The event need not be signed yet; its
 * format is taken for granted (`placeEvent` or `parsePdu` saw to it).
 *
 * The rules carry the same numbers from version 6 to 11, and comments here use those. In versions 3 to 5 the
 * rule about `m.room.aliases` stands as number 4 and the later ones move up by one; in version 12 everything
 * from 2 on moves up by one, after a new rule 2.
 *
 * https://spec.matrix.org/v1.19/rooms/v11/#authorisation-rules
 */
export function authoriseEvent(
  version: RoomVersion,
  event: UnsignedPdu,
  context: AuthorisationContext,
): Verdict {
  // 1
  if (event.type === 'm.room.create') return authoriseCreate(version, event)

  const { state, createEventId, isSignedBy } = context
  const create = state('m.room.create', '')
  if (create === undefined || createEventId === undefined) return refused('The room has no create event.')
  if (version.roomIdFromCreateEvent && event.room_id !== roomIdFromCreateEventId(createEventId)) {
    return refused('The room id is not that of an accepted create event.')
  }
  assert(
    event.auth_events.length === context.authEvents.length &&
      context.authEvents.every(({ eventId }) => event.auth_events.includes(eventId)),
    'the cited events are looked up before an event is authorised',
  )
  // 2
  const citation = authoriseCitedEvents(version, event, context.authEvents)
  if (!citation.allowed) return citation

  const levels = powerLevelsOf(version, state)
  const senderLevel = userLevel(levels, event.sender)
  return authoriseInRoom({ version, event, state, create, createEventId, levels, senderLevel, isSignedBy })
}

/** Rules 3 to 10: what the state of the room says. */
function authoriseInRoom(input: RuleInput): Verdict {
  const { version, event, state, levels, senderLevel } = input
  // 3
  if (!mayFederate(input)) return refused('The room is closed to users of other servers.')

  // 4 of versions 3 to 5
  if (event.type === 'm.room.aliases' && version.aliasesAllowedByDomain) return authoriseAliases(event)
  // 4
  if (event.type === 'm.room.member') return authoriseMembership(input)
  // 5
  if (membershipOf(state, event.sender) !== 'join') return refused('The sender is not in the room.')
  // 6
  if (event.type === 'm.room.third_party_invite') {
    const mayInvite = senderLevel >= actionLevel(levels, 'invite')
    return mayInvite ? allowed : refused('The sender lacks the power level to invite.')
  }
  // 7
  if (senderLevel < eventLevel(levels, event.type, event.state_key === undefined ? 'message' : 'state')) {
    return refused('The sender lacks the power level to send this type of event.')
  }
  // 8
  if (event.state_key?.startsWith('@') && event.state_key !== event.sender) {
    return refused('The state key is the id of another user.')
  }
  // 9
  if (event.type === 'm.room.power_levels') return authorisePowerLevels(input)
  // 10
  return allowed
}

/** Rule 3 */
function mayFederate({ event, create }: RuleInput): boolean {
  if (create.content['m.federate'] !== false) return true
  return serverNameOf(event.sender) === serverNameOf(create.sender)
}

/** Rule 4 of versions 3 to 5: each server keeps one list of aliases in a room, under its own name. */
function authoriseAliases(event: UnsignedPdu): Verdict {
  if (event.state_key === undefined) return refused('An aliases event needs a state key.')
  if (event.state_key !== serverNameOf(event.sender)) {
    return refused("The state key is not the sender's server name.")
  }
  return allowed
}
