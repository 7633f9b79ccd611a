import { serverNameOf } from '../identifiers.ts'
import { actionLevel, userLevel } from '../power-levels.ts'
import { authoriseJoin } from './join.ts'
import { authoriseThirdPartyInvite } from './third-party-invite.ts'
import { allowed, membershipOf, type RuleInput, refused, type Verdict } from './verdict.ts'

/** Rule 4 of version 11: who may change whose membership. Numbers below are those of version 11. */
export function authoriseMembership(input: RuleInput): Verdict {
  const { event, version } = input
  const target = event.state_key
  const membership = event.content['membership']
  // 4.1
  if (target === undefined) return refused('A membership event needs a state key.')
  if (membership === undefined) return refused('A membership event needs a membership.')

  if (version.restrictedJoins && !isSignedForAuthoriser(input)) {
    return refused("The event lacks a valid signature of the authorising user's server.")
  }
  switch (membership) {
    case 'join':
      return authoriseJoin(input, target)
    case 'invite':
      return authoriseInvite(input, target)
    case 'leave':
      return authoriseLeave(input, target)
    case 'ban':
      return authoriseBan(input, target)
    case 'knock':
      return version.knocking ? authoriseKnock(input, target) : refused(unknownMembership)
    default:
      return refused(unknownMembership)
  }
}

// 4.8
const unknownMembership = 'The membership is not one this room version knows.'

/** 4.2, whatever the membership: an event that names an authorising user bears that user's server's signature. */
function isSignedForAuthoriser({ event, isSignedBy }: RuleInput): boolean {
  const authoriser = event.content['join_authorised_via_users_server']
  if (authoriser === undefined) return true
  const serverName = typeof authoriser === 'string' ? serverNameOf(authoriser) : undefined
  return serverName !== undefined && isSignedBy(serverName)
}

/** 4.4 */
function authoriseInvite(input: RuleInput, target: string): Verdict {
  const { event, state, levels, senderLevel } = input
  const thirdParty = event.content['third_party_invite']
  if (thirdParty !== undefined) return authoriseThirdPartyInvite(event, target, thirdParty, state)

  if (membershipOf(state, event.sender) !== 'join') return refused('Only members may invite.')
  const current = membershipOf(state, target)
  if (current === 'join') return refused('The invited user is already in the room.')
  if (current === 'ban') return refused('The invited user is banned from the room.')
  if (senderLevel < actionLevel(levels, 'invite'))
    return refused('The sender lacks the power level to invite.')
  return allowed
}

/** 4.5: leaving, declining an invite, withdrawing a knock, kicking and unbanning. */
function authoriseLeave(input: RuleInput, target: string): Verdict {
  const { event, state, levels, senderLevel, version } = input
  const current = membershipOf(state, target)
  if (event.sender === target) {
    const mayLeave = current === 'join' || current === 'invite' || (version.knocking && current === 'knock')
    return mayLeave ? allowed : refused('The user is not in the room, nor invited to it.')
  }
  if (membershipOf(state, event.sender) !== 'join') return refused('Only members may kick or unban.')
  if (current === 'ban' && senderLevel < actionLevel(levels, 'ban')) {
    return refused('The sender lacks the power level to unban.')
  }
  if (senderLevel < actionLevel(levels, 'kick')) return refused('The sender lacks the power level to kick.')
  if (userLevel(levels, target) >= senderLevel)
    return refused("The user's power level is not below the sender's.")
  return allowed
}

/** 4.6 */
function authoriseBan({ event, state, levels, senderLevel }: RuleInput, target: string): Verdict {
  if (membershipOf(state, event.sender) !== 'join') return refused('Only members may ban.')
  if (senderLevel < actionLevel(levels, 'ban')) return refused('The sender lacks the power level to ban.')
  if (userLevel(levels, target) >= senderLevel)
    return refused("The user's power level is not below the sender's.")
  return allowed
}

/** 4.7 */
function authoriseKnock({ event, state, version }: RuleInput, target: string): Verdict {
  const joinRule = state('m.room.join_rules', '')?.content['join_rule']
  const mayKnock = joinRule === 'knock' || (version.knockRestrictedJoins && joinRule === 'knock_restricted')
  if (!mayKnock) return refused('The room does not accept knocks.')
  if (event.sender !== target) return refused('Users may knock only for themselves.')

  const current = membershipOf(state, target)
  if (current === 'ban') return refused('The user is banned from the room.')
  if (current === 'invite') return refused('The user is already invited to the room.')
  if (current === 'join') return refused('The user is already in the room.')
  return allowed
}
