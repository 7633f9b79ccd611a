import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { JsonObject, JsonValue } from '../../../platform/json.ts'
import { Refusal } from '../../../platform/refusal.ts'
import type { Identity } from '../../identity/api.ts'
import type { EventDraft } from '../api.ts'
import type { RoomView } from '../append/room-view.ts'
import { serverNameOf } from '../protocol/identifiers.ts'
import { actionLevel, powerLevelsOf, userLevel } from '../protocol/power-levels.ts'
import type { RoomVersion } from '../protocol/room-versions.ts'
import { refuse } from '../refusals.ts'
import type { RoomsService } from '../service.ts'
import { allowedRoomsIn } from '../state/join-rules.ts'
import { membershipIn } from '../state/room-state.ts'
import { type MemberProfile, memberDraft, memberProfiles, withoutAuthoriser } from './member-draft.ts'

export type JoinDeps = {
  db: Database
  rooms: Pick<RoomsService, 'state' | 'decide'>
  identity: Pick<Identity, 'profiles'>
  serverName: string
}

export type JoinRequest = {
  roomId: string
  userId: string
  guest: boolean
  reason?: string | undefined
  /** The content of the member event as the client wrote it: also changes how somebody joined is shown here. */
  content?: JsonObject
  /** Given by application services only. */
  originServerTs?: number
}

/**
 * Joins a room, and does nothing for whoever is joined already. Who needs somebody to let them into a restricted room
 * must be joined to one of the rooms that it names.
 *
 * https://spec.matrix.org/v1.19/client-server-api/#joining-rooms
 * https://spec.matrix.org/v1.19/client-server-api/#restricted-rooms
 */
export async function joinRoom(
  deps: JoinDeps,
  request: JoinRequest,
): Promise<{ eventId: string | undefined }> {
  const { roomId, userId, originServerTs } = request
  const state = await deps.rooms.state(roomId)
  if (!state) throw refuse('rooms.room_unknown')
  const profileOf = await memberProfiles(deps.identity, [userId])
  let asked = allowedRoomsIn(state.event('m.room.join_rules', ''))
  for (;;) {
    const joinedRooms = await joinedAmong(deps.db, userId, asked)
    let allowed = asked
    try {
      const { eventIds } = await deps.rooms.decide({
        roomId,
        sender: userId,
        decide(room) {
          allowed = allowedRoomsIn(room.event('m.room.join_rules', ''))
          const drafts = decideJoin(deps.serverName, room, request, profileOf(userId), joinedRooms)
          return drafts.map((draft) => (originServerTs === undefined ? draft : { ...draft, originServerTs }))
        },
      })
      return { eventId: eventIds[0] }
    } catch (error) {
      // Another node may have named further rooms, which this one had not heard of when it asked.
      const isNews = allowed.some((other) => !asked.includes(other))
      if (!isNews || !(error instanceof Refusal) || error.code !== 'rooms.join_conditions_unmet') throw error
      asked = allowed
    }
  }
}

function decideJoin(
  serverName: string,
  room: RoomView,
  { userId, guest, reason, content }: JoinRequest,
  profile: MemberProfile,
  joinedRooms: ReadonlySet<string>,
): EventDraft[] {
  const membership = membershipIn(room.event('m.room.member', userId))
  if (membership === 'join') {
    if (!content) return []
    return [{ type: 'm.room.member', stateKey: userId, content: withoutAuthoriser(content) }]
  }
  if (guest && room.event('m.room.guest_access', '')?.content['guest_access'] !== 'can_join')
    throw refuse('rooms.guests_unwelcome')
  const needsAuthoriser = membership !== 'invite' && membership !== 'ban' && isRestricted(room)
  const authoriser = needsAuthoriser ? authoriserIn(serverName, room, joinedRooms) : undefined
  const draft = memberDraft(userId, 'join', profile, { reason, authoriser })
  return [content ? { ...draft, content: { ...draft.content, ...withoutAuthoriser(content) } } : draft]
}

/** The join rules under which people who are not invited may be let in by a member. */
function isRestricted({ version, event }: RoomView): boolean {
  const rule = event('m.room.join_rules', '')?.content['join_rule']
  return (version.restrictedJoins && rule === 'restricted') || offersBoth(version, rule)
}

function offersBoth(version: RoomVersion, rule: JsonValue | undefined): boolean {
  return version.knockRestrictedJoins && rule === 'knock_restricted'
}

/** A member of this server who could have invited somebody, in whose name the server lets them in. */
function authoriserIn(serverName: string, room: RoomView, joinedRooms: ReadonlySet<string>): string {
  const allowed = allowedRoomsIn(room.event('m.room.join_rules', ''))
  if (!allowed.some((roomId) => joinedRooms.has(roomId))) throw refuse('rooms.join_conditions_unmet')
  const levels = powerLevelsOf(room.version, room.event)
  const needed = actionLevel(levels, 'invite')
  for (const member of room.joined())
    if (serverNameOf(member) === serverName && userLevel(levels, member) >= needed) return member
  throw refuse('rooms.join_ungrantable')
}

async function joinedAmong(
  db: Database,
  userId: string,
  roomIds: readonly string[],
): Promise<ReadonlySet<string>> {
  if (roomIds.length === 0) return new Set()
  const rows = await db.rows<{ roomId: string }>(sql`
    select room_id as "roomId" from rooms.membership
    where user_id = ${userId} and room_id = any(${roomIds}) and membership = 'join'`)
  return new Set(rows.map(({ roomId }) => roomId))
}
