import type { JsonValue } from '../../../../platform/json.ts'
import { actionLevel, creatorsOf, userLevel } from '../power-levels.ts'
import type { RoomVersion } from '../room-versions.ts'
import { allowed, membershipOf, type RuleInput, refused, type Verdict } from './verdict.ts'

/** Rule 4.3 of version 11: who may join. Numbers below are those of version 11. */
export function authoriseJoin(input: RuleInput, target: string): Verdict {
  const { event, state, version } = input
  // 4.3.1
  if (isCreatorsFirstJoin(input, target)) return allowed
  // 4.3.2
  if (event.sender !== target) return refused('Users may join only for themselves.')
  // 4.3.3
  const current = membershipOf(state, target)
  if (current === 'ban') return refused('The user is banned from the room.')

  const isInside = current === 'join' || current === 'invite'
  switch (admissionOf(version, state('m.room.join_rules', '')?.content['join_rule'])) {
    case 'anyone':
      return allowed
    case 'invited':
      return isInside ? allowed : refused('The user is not invited to the room.')
    case 'invited-or-authorised':
      return isInside ? allowed : authoriseRestrictedJoin(input)
    case 'nobody':
      return refused('The join rule of the room lets nobody in.')
  }
}

type Admission = 'anyone' | 'invited' | 'invited-or-authorised' | 'nobody'

/** 4.3.4 to 4.3.7. A room that has not set a join rule, which the rules do not speak of, needs an invite. */
function admissionOf(version: RoomVersion, joinRule: JsonValue | undefined): Admission {
  switch (joinRule ?? 'invite') {
    case 'public':
      return 'anyone'
    case 'invite':
      return 'invited'
    case 'knock':
      return version.knocking ? 'invited' : 'nobody'
    case 'restricted':
      return version.restrictedJoins ? 'invited-or-authorised' : 'nobody'
    case 'knock_restricted':
      return version.knockRestrictedJoins ? 'invited-or-authorised' : 'nobody'
    default:
      return 'nobody'
  }
}

/** The creator joins by the event right after the create event; for version 12 that is the sender, nobody else. */
function isCreatorsFirstJoin({ event, version, create, createEventId }: RuleInput, target: string): boolean {
  if (event.prev_events.length !== 1 || event.prev_events[0] !== createEventId) return false
  return creatorsOf(version, create)[0] === target
}

/** 4.3.5.2 */
function authoriseRestrictedJoin({ event, state, levels }: RuleInput): Verdict {
  const authoriser = event.content['join_authorised_via_users_server']
  if (typeof authoriser !== 'string')
    return refused('The join names no member who could have invited the user.')
  if (membershipOf(state, authoriser) !== 'join') return refused('The authorising user is not in the room.')
  if (userLevel(levels, authoriser) < actionLevel(levels, 'invite')) {
    return refused('The authorising user lacks the power level to invite.')
  }
  return allowed
}
