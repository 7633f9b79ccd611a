import type { Database } from '../../../platform/db/database.ts'
import type { JsonObject } from '../../../platform/json.ts'
import type { AccountData } from '../../account-data/api.ts'
import type { Identity } from '../../identity/api.ts'
import { refuse } from '../refusals.ts'
import type { RoomsService } from '../service.ts'
import { membershipIn } from '../state/room-state.ts'
import { refuseDecliningNotices } from './change-membership.ts'
import { checkCanonicalAlias } from './check-canonical-alias.ts'
import { invite } from './invite.ts'
import { joinRoom } from './join-room.ts'
import { withoutAuthoriser } from './member-draft.ts'

type Deps = {
  db: Database
  rooms: RoomsService
  identity: Pick<Identity, 'profiles'>
  accountData: Pick<AccountData, 'get'>
  serverName: string
  noticesUserId: string
}

export type StateRequest = {
  roomId: string
  sender: string
  guest: boolean
  type: string
  stateKey: string
  content: JsonObject
  originServerTs?: number
}

/**
 * Sets state as a client wrote it. Where such an event would do what has an endpoint of its own - joining, inviting - it
 * has to meet the same conditions there.
 *
 * https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3roomsroomidstateeventtypestatekey
 */
export async function setState(deps: Deps, request: StateRequest): Promise<{ eventId: string | undefined }> {
  const { roomId, sender, type, stateKey, content, originServerTs } = request
  const time = originServerTs === undefined ? {} : { originServerTs }
  if (type === 'm.room.member') return setMember(deps, request)
  if (type === 'm.room.canonical_alias' && stateKey === '') {
    await deps.rooms.requireJoined(roomId, sender)
    await checkCanonicalAlias(deps, roomId, content)
  }
  const { eventIds } = await deps.rooms.append({
    roomId,
    sender,
    drafts: [{ type, stateKey, content, ...time }],
  })
  return { eventId: eventIds[0] }
}

async function setMember(
  deps: Deps,
  { roomId, sender, guest, type, stateKey, content, originServerTs }: StateRequest,
): Promise<{ eventId: string | undefined }> {
  const { membership } = content
  const time = originServerTs === undefined ? {} : { originServerTs }
  if (membership === 'join' && stateKey === sender)
    return joinRoom(deps, { roomId, userId: sender, guest, content, ...time })
  if (membership === 'invite') return invite(deps, { roomId, sender, userId: stateKey, content, ...time })
  // Guests may neither knock nor act on others' membership: they have no endpoint for it either.
  if (guest && (membership !== 'leave' || stateKey !== sender)) throw refuse('rooms.guests_unwelcome')
  const draft = { type, stateKey, content: withoutAuthoriser(content), ...time }
  const { eventIds } = await deps.rooms.decide({
    roomId,
    sender,
    decide(room) {
      if (membership === 'leave' && stateKey === sender)
        refuseDecliningNotices(deps, membershipIn(room.event(type, stateKey)), room)
      return [draft]
    },
  })
  return { eventId: eventIds[0] }
}
