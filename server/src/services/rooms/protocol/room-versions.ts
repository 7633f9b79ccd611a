/** Which keys redaction keeps; named after the room version that introduced the rules. */
export type RedactionRules = 'v1' | 'v6' | 'v8' | 'v9' | 'v11'

/**
 * What one room version does differently from others. Code asks for the property it depends on, never for the
 * number, so that a new version is a new record here.
 */
export type RoomVersion = {
  id: string
  /** The alphabet in which an event's reference hash becomes its id. */
  eventIds: 'base64' | 'url-safe-base64'
  redaction: RedactionRules
  /** A redaction names its event in `content.redacts` instead of at the top level. */
  redactsInContent: boolean
  /** Events without canonical form (floats, integers beyond ±(2^53-1)) are refused instead of tolerated. */
  strictCanonicalJson: boolean
  powerLevelValues: 'number-or-string' | 'integer-or-string' | 'integer'
  /** `m.room.aliases` is allowed by the sender's server alone, member of the room or not. */
  aliasesAllowedByDomain: boolean
  /** Changing `notifications` in the power levels needs the levels concerned, as changing `events` does. */
  notificationLevelsGuarded: boolean
  /** A server's signature on an event counts only while its key was valid. */
  signingKeyValidityEnforced: boolean
  knocking: boolean
  restrictedJoins: boolean
  knockRestrictedJoins: boolean
  /** The create event names the creator in `content.creator`; later its sender is the creator. */
  creatorInContent: boolean
  /** The room id is the create event's id with `!`; create events carry no `room_id` and are never cited. */
  roomIdFromCreateEvent: boolean
  /** The creator and `additional_creators` stand above every power level. */
  privilegedCreators: boolean
  stateResolution: '2' | '2.1'
}

const version3: RoomVersion = {
  id: '3',
  eventIds: 'base64',
  redaction: 'v1',
  redactsInContent: false,
  strictCanonicalJson: false,
  powerLevelValues: 'number-or-string',
  aliasesAllowedByDomain: true,
  notificationLevelsGuarded: false,
  signingKeyValidityEnforced: false,
  knocking: false,
  restrictedJoins: false,
  knockRestrictedJoins: false,
  creatorInContent: true,
  roomIdFromCreateEvent: false,
  privilegedCreators: false,
  stateResolution: '2',
}
const version4: RoomVersion = { ...version3, id: '4', eventIds: 'url-safe-base64' }
const version5: RoomVersion = { ...version4, id: '5', signingKeyValidityEnforced: true }
const version6: RoomVersion = {
  ...version5,
  id: '6',
  redaction: 'v6',
  strictCanonicalJson: true,
  powerLevelValues: 'integer-or-string',
  aliasesAllowedByDomain: false,
  notificationLevelsGuarded: true,
}
const version7: RoomVersion = { ...version6, id: '7', knocking: true }
const version8: RoomVersion = { ...version7, id: '8', redaction: 'v8', restrictedJoins: true }
const version9: RoomVersion = { ...version8, id: '9', redaction: 'v9' }
const version10: RoomVersion = {
  ...version9,
  id: '10',
  powerLevelValues: 'integer',
  knockRestrictedJoins: true,
}
const version11: RoomVersion = {
  ...version10,
  id: '11',
  redaction: 'v11',
  redactsInContent: true,
  creatorInContent: false,
}
const version12: RoomVersion = {
  ...version11,
  id: '12',
  roomIdFromCreateEvent: true,
  privilegedCreators: true,
  stateResolution: '2.1',
}

/** The room versions this server takes part in, oldest first; all are stable. */
export const supportedRoomVersions: readonly RoomVersion[] = [
  version3,
  version4,
  version5,
  version6,
  version7,
  version8,
  version9,
  version10,
  version11,
  version12,
]

/** Versions the specification knows and this server refuses, with the reason. */
export const unsupportedRoomVersions: readonly { id: string; reason: string }[] = [
  {
    id: '1',
    reason: 'Its state resolution lets rooms fall back to an older state, and its event ids can collide.',
  },
  { id: '2', reason: 'Its event ids are chosen by the sender and can collide.' },
]

/** https://spec.matrix.org/v1.19/rooms/#complete-list-of-room-versions */
export const defaultRoomVersion: RoomVersion = version12

/** The supported room version of this id; undefined for every other, known to the specification or not. */
export function roomVersion(id: string): RoomVersion | undefined {
  return versionsById.get(id)
}

const versionsById = new Map(supportedRoomVersions.map((version) => [version.id, version]))
