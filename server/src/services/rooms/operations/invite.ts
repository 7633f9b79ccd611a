import type { JsonObject } from '../../../platform/json.ts'
import type { AccountData } from '../../account-data/api.ts'
import type { Identity } from '../../identity/api.ts'
import type { EventDraft } from '../api.ts'
import type { RoomView } from '../append/room-view.ts'
import { isUserId, serverNameOf } from '../protocol/identifiers.ts'
import { actionLevel, powerLevelsOf, userLevel } from '../protocol/power-levels.ts'
import { refuse } from '../refusals.ts'
import type { RoomsService } from '../service.ts'
import { membershipIn } from '../state/room-state.ts'
import { memberDraft, memberProfiles, withoutAuthoriser } from './member-draft.ts'

export type InviteDeps = {
  rooms: Pick<RoomsService, 'decide' | 'requireJoined'>
  identity: Pick<Identity, 'profiles'>
  accountData: Pick<AccountData, 'get'>
  serverName: string
}

export type InviteRequest = {
  roomId: string
  sender: string
  userId: string
  reason?: string | undefined
  /** The content of the member event as the client wrote it. */
  content?: JsonObject
  /** Given by application services only. */
  originServerTs?: number
}

/**
 * Invites a person of this server; does nothing if they are invited already and the sender could have invited them.
 * https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3roomsroomidinvite
 */
export async function invite(
  deps: InviteDeps,
  request: InviteRequest,
): Promise<{ eventId: string | undefined }> {
  const { roomId, sender, userId, reason, content } = request
  // First, so that strangers to the room learn nothing about whom it could invite.
  await deps.rooms.requireJoined(roomId, sender)
  await requireInvitable(deps, [userId])
  const profileOf = await memberProfiles(deps.identity, [userId])
  const draft = memberDraft(userId, 'invite', profileOf(userId), { reason })
  const written: EventDraft = content
    ? {
        ...draft,
        content: { ...draft.content, ...withoutAuthoriser(content) },
        ...(request.originServerTs !== undefined && { originServerTs: request.originServerTs }),
      }
    : draft
  const { eventIds } = await deps.rooms.decide({
    roomId,
    sender,
    decide: (room) => (!content && stands(room, sender, userId) ? [] : [written]),
  })
  return { eventId: eventIds[0] }
}

/** The person is invited already, and the sender could have done it. */
function stands(room: RoomView, sender: string, userId: string): boolean {
  if (membershipIn(room.event('m.room.member', userId)) !== 'invite') return false
  if (membershipIn(room.event('m.room.member', sender)) !== 'join') return false
  const levels = powerLevelsOf(room.version, room.event)
  return userLevel(levels, sender) >= actionLevel(levels, 'invite')
}

/**
 * Refuses whom no invite could reach: people of other servers, with which this one does not speak, and people who
 * let nobody invite them.
 *
 * https://spec.matrix.org/v1.19/client-server-api/#invite-permission
 */
export async function requireInvitable(
  { accountData, serverName }: Pick<InviteDeps, 'accountData' | 'serverName'>,
  userIds: readonly string[],
): Promise<void> {
  for (const userId of userIds) {
    if (!isUserId(userId)) throw refuse('rooms.user_id_invalid', `${userId} is not a user id.`)
    if (serverNameOf(userId) !== serverName) throw refuse('rooms.user_elsewhere')
  }
  const permissions = await Promise.all(
    userIds.map((userId) => accountData.get(userId, undefined, 'm.invite_permission_config')),
  )
  if (permissions.some((permission) => permission?.['default_action'] === 'block'))
    throw refuse('rooms.invite_blocked')
}
