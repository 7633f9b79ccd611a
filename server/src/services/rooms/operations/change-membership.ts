import type { Identity } from '../../identity/api.ts'
import type { Membership } from '../api.ts'
import type { RoomView } from '../append/room-view.ts'
import { isUserId } from '../protocol/identifiers.ts'
import { refuse } from '../refusals.ts'
import type { RoomsService } from '../service.ts'
import { membershipIn } from '../state/room-state.ts'
import { memberDraft, memberProfiles } from './member-draft.ts'

export type MembershipDeps = {
  rooms: Pick<RoomsService, 'state' | 'decide'>
  identity: Pick<Identity, 'profiles'>
  /** The account in whose name the server speaks. */
  noticesUserId: string
}

/** Somebody changes their own membership of a room, or - where `sender` is another - that of `userId`. */
export type MembershipRequest = {
  roomId: string
  sender: string
  userId: string
  reason?: string | undefined
}

/**
 * Leaves a room, declines its invite or withdraws a knock; does nothing for whoever has left already. The invite to the room in which
 * the server itself speaks stands.
 * https://spec.matrix.org/v1.19/client-server-api/#leaving-rooms
 */
export function leave(deps: MembershipDeps, request: Omit<MembershipRequest, 'userId'>): Promise<void> {
  return change(deps, { ...request, userId: request.sender }, 'leave', (current, room) => {
    refuseDecliningNotices(deps, current, room)
    return current !== 'leave'
  })
}

/** https://spec.matrix.org/v1.19/client-server-api/#server-notices */
export function refuseDecliningNotices(
  { noticesUserId }: Pick<MembershipDeps, 'noticesUserId'>,
  current: Membership | undefined,
  room: RoomView,
): void {
  if (current === 'invite' && room.event('m.room.create', '')?.sender === noticesUserId)
    throw refuse('rooms.notice_invite_declined')
}

/**
 * Takes somebody out who is in the room, invited to it or knocking. Banned people stay banned.
 * https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3roomsroomidkick
 */
export function kick(deps: MembershipDeps, request: MembershipRequest): Promise<void> {
  return change(deps, request, 'leave', (current, room) => {
    requireInside(room, request.sender)
    if (current === undefined || current === 'leave' || current === 'ban')
      throw refuse('rooms.forbidden', 'This person is not in the room.')
    return true
  })
}

/** https://spec.matrix.org/v1.19/client-server-api/#banning-users-in-a-room */
export function ban(deps: MembershipDeps, request: MembershipRequest): Promise<void> {
  return change(deps, request, 'ban', () => true)
}

/** Refuses with `rooms.not_banned` unless the person is banned. */
export function unban(deps: MembershipDeps, request: MembershipRequest): Promise<void> {
  return change(deps, request, 'leave', (current, room) => {
    requireInside(room, request.sender)
    if (current !== 'ban') throw refuse('rooms.not_banned')
    return true
  })
}

/**
 * Asks to be invited; does nothing for whoever is knocking already. Throws `rooms.room_unknown`.
 * https://spec.matrix.org/v1.19/client-server-api/#knocking-on-rooms
 */
export async function knock(deps: MembershipDeps, request: Omit<MembershipRequest, 'userId'>): Promise<void> {
  if (!(await deps.rooms.state(request.roomId))) throw refuse('rooms.room_unknown')
  const self = { ...request, userId: request.sender }
  await change(deps, self, 'knock', (current) => current !== 'knock')
}

/** `needed` looks at the room under its lock, and says whether there is something to do, or refuses. */
async function change(
  { rooms, identity }: MembershipDeps,
  { roomId, sender, userId, reason }: MembershipRequest,
  membership: Membership,
  needed: (current: Membership | undefined, room: RoomView) => boolean,
): Promise<void> {
  if (!isUserId(userId)) throw refuse('rooms.user_id_invalid', `${userId} is not a user id.`)
  const profileOf = await memberProfiles(identity, [userId])
  const draft = memberDraft(userId, membership, profileOf(userId), { reason })
  await rooms.decide({
    roomId,
    sender,
    decide(room) {
      const current = membershipIn(room.event('m.room.member', userId))
      return needed(current, room) ? [draft] : []
    },
  })
}

/** First, so that strangers to the room learn nothing about who is in it. */
function requireInside(room: RoomView, userId: string): void {
  if (membershipIn(room.event('m.room.member', userId)) !== 'join')
    throw refuse('rooms.forbidden', 'You are not in this room.')
}
