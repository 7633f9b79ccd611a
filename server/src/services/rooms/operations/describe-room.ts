import type { JsonObject } from '../../../platform/json.ts'
import type { RoomState } from '../api.ts'
import { roomVersion } from '../protocol/room-versions.ts'
import { allowedRoomsIn } from '../state/join-rules.ts'
import { visibilityIn } from '../state/perspective.ts'
import { summarisedTypes, summaryOf } from './summarise-rooms.ts'

/**
 * What somebody is told of a room that they may come across without being in it.
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv1room_summaryroomidoralias
 */
export function describeRoom(state: RoomState): JsonObject {
  const { shown } = summaryOf(summarisedTypes.flatMap((type) => state.event(type, '') ?? []))
  const encryption = state.event('m.room.encryption', '')?.content['algorithm']
  const allowed = isRestricted(state) ? allowedRoomsIn(state.event('m.room.join_rules', '')) : []
  return {
    room_id: state.roomId,
    num_joined_members: state.members('join').size,
    ...shown,
    room_version: state.version,
    ...(typeof encryption === 'string' && { encryption }),
    ...(allowed.length > 0 && { allowed_room_ids: allowed }),
  }
}

/** Whether the room shows itself to everybody, with or without an account: whoever likes may read, join or knock. */
export function isOpenToAll(state: RoomState): boolean {
  return isWorldReadable(state) || joinRuleOf(state) === 'public' || isKnockable(state)
}

/**
 * Whether a person may know of the room: they are in it, may come in or knock, or anybody may read it. A ban closes all
 * ways but the last. `joinedRooms` are the person's.
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv1roomsroomidhierarchy
 */
export function isOpenTo(state: RoomState, userId: string, joinedRooms: ReadonlySet<string>): boolean {
  const membership = state.membership(userId)
  if (membership === 'join' || membership === 'invite' || isWorldReadable(state)) return true
  if (membership === 'ban') return false
  if (isOpenToAll(state)) return true
  if (!isRestricted(state)) return false
  const allowed = allowedRoomsIn(state.event('m.room.join_rules', ''))
  return allowed.some((roomId) => joinedRooms.has(roomId))
}

function isWorldReadable(state: RoomState): boolean {
  return visibilityIn(state.event('m.room.history_visibility', '')) === 'world_readable'
}

function joinRuleOf(state: RoomState): unknown {
  return state.event('m.room.join_rules', '')?.content['join_rule']
}

function isKnockable(state: RoomState): boolean {
  const version = roomVersion(state.version)
  const rule = joinRuleOf(state)
  return (
    (rule === 'knock' && version?.knocking === true) ||
    (rule === 'knock_restricted' && version?.knockRestrictedJoins === true)
  )
}

function isRestricted(state: RoomState): boolean {
  const version = roomVersion(state.version)
  const rule = joinRuleOf(state)
  return (
    (rule === 'restricted' && version?.restrictedJoins === true) ||
    (rule === 'knock_restricted' && version?.knockRestrictedJoins === true)
  )
}
