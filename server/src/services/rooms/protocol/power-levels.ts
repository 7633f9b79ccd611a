import { isJsonObject, type JsonObject, type JsonValue, ownValue } from '../../../platform/json.ts'
import type { StateEvent, StateLookup } from './pdu.ts'
import type { RoomVersion } from './room-versions.ts'

/** The power levels in force in a room, read on demand. */
export type PowerLevels = {
  version: RoomVersion
  creators: readonly string[]
  /** Undefined while the room has no `m.room.power_levels` event. */
  content: JsonObject | undefined
}

export type GuardedAction = 'ban' | 'invite' | 'kick' | 'redact'

/**
 * The power levels of a room with this state. Values that the room version cannot read count as absent.
 *
 * https://spec.matrix.org/v1.19/client-server-api/#mroompower_levels
 */
export function powerLevelsOf(version: RoomVersion, state: StateLookup): PowerLevels {
  const create = state('m.room.create', '')
  return {
    version,
    creators: create === undefined ? [] : creatorsOf(version, create),
    content: state('m.room.power_levels', '')?.content,
  }
}

/**
 * The users a create event makes creators of the room. Where creators are not privileged there is one.
 *
 * https://spec.matrix.org/v1.19/rooms/v12/#authorisation-rules
 */
export function creatorsOf(version: RoomVersion, create: StateEvent): readonly string[] {
  if (version.creatorInContent) {
    const creator = create.content['creator']
    return typeof creator === 'string' ? [creator] : []
  }
  if (!version.privilegedCreators) return [create.sender]
  const additional = create.content['additional_creators']
  if (!Array.isArray(additional)) return [create.sender]
  return [create.sender, ...additional.filter((userId) => typeof userId === 'string')]
}

/** The user's own power level; Infinity for the creators of versions that privilege them. */
export function userLevel(levels: PowerLevels, userId: string): number {
  const { version, creators, content } = levels
  if (version.privilegedCreators && creators.includes(userId)) return Number.POSITIVE_INFINITY
  if (content === undefined) return !version.privilegedCreators && creators.includes(userId) ? 100 : 0
  return entryLevel(levels, 'users', userId) ?? propertyLevel(levels, 'users_default') ?? 0
}

/** The level needed to send an event of this type, as state or as a message. Membership has rules of its own. */
export function eventLevel(levels: PowerLevels, type: string, kind: 'state' | 'message'): number {
  const ofType = entryLevel(levels, 'events', type)
  if (ofType !== undefined) return ofType
  return kind === 'state'
    ? (propertyLevel(levels, 'state_default') ?? 50)
    : (propertyLevel(levels, 'events_default') ?? 0)
}

/** The level needed to ban, invite or kick somebody, or to redact another's event. */
export function actionLevel(levels: PowerLevels, action: GuardedAction): number {
  return propertyLevel(levels, action) ?? (action === 'invite' ? 0 : 50)
}

/** The level needed to notify with this key, such as `room` for everybody in the room. */
export function notificationLevel(levels: PowerLevels, key: string): number {
  return entryLevel(levels, 'notifications', key) ?? 50
}

/**
 * A level as this room version writes it: an integer always; a string holding one, and a number to be truncated,
 * in versions that tolerate them. Undefined for anything else.
 *
 * https://spec.matrix.org/v1.19/rooms/v9/#mroompower_levels-events-accept-values-as-strings
 */
export function readLevel(version: RoomVersion, value: JsonValue | undefined): number | undefined {
  if (typeof value === 'string') {
    if (version.powerLevelValues === 'integer' || !integerText.test(value)) return undefined
    const level = Number(value)
    return Number.isFinite(level) ? level : undefined
  }
  if (typeof value !== 'number') return undefined
  if (version.powerLevelValues === 'number-or-string') {
    return Number.isFinite(value) ? Math.trunc(value) : undefined
  }
  return Number.isSafeInteger(value) ? value : undefined
}

const integerText = /^\s*[+-]?[0-9]+\s*$/

function propertyLevel(levels: PowerLevels, property: string): number | undefined {
  return levels.content && readLevel(levels.version, ownValue(levels.content, property))
}

function entryLevel(levels: PowerLevels, property: string, key: string): number | undefined {
  const entries = levels.content && ownValue(levels.content, property)
  return isJsonObject(entries) ? readLevel(levels.version, ownValue(entries, key)) : undefined
}
