import type { JsonObject } from '../../../../platform/json.ts'
import { isUserId, serverNameOf } from '../identifiers.ts'
import type { UnsignedPdu } from '../pdu.ts'
import { type RoomVersion, roomVersion } from '../room-versions.ts'
import { allowed, refused, type Verdict } from './verdict.ts'

/** Rule 1 of all versions: who may found a room, and how. */
export function authoriseCreate(version: RoomVersion, event: UnsignedPdu): Verdict {
  if (event.prev_events.length > 0) return refused('A create event must be the first of its room.')

  if (version.roomIdFromCreateEvent) {
    if (event.room_id !== undefined)
      return refused('A create event must not name a room in this room version.')
  } else if (!isRoomOfSender(event)) {
    return refused("The room id must belong to the sender's server.")
  }

  if (!hasKnownVersion(event.content)) return refused('The room version is not known.')

  if (version.creatorInContent && event.content['creator'] === undefined) {
    return refused('The create event must name the creator.')
  }
  if (version.privilegedCreators && !hasValidAdditionalCreators(event.content)) {
    return refused('additional_creators must be a list of user ids.')
  }
  return allowed
}

function isRoomOfSender(event: UnsignedPdu): boolean {
  const roomServer = serverNameOf(event.room_id ?? '')
  return roomServer !== undefined && roomServer === serverNameOf(event.sender)
}

function hasKnownVersion(content: JsonObject): boolean {
  const id = content['room_version']
  return id === undefined || (typeof id === 'string' && roomVersion(id) !== undefined)
}

function hasValidAdditionalCreators(content: JsonObject): boolean {
  const creators = content['additional_creators']
  if (creators === undefined) return true
  return Array.isArray(creators) && creators.every((userId) => typeof userId === 'string' && isUserId(userId))
}
