import { isJsonObject, type JsonObject, ownValue } from '../../../platform/json.ts'
import type { Pdu } from './pdu.ts'
import type { RedactionRules, RoomVersion } from './room-versions.ts'

/**
 * The event with everything removed that is not needed to authorise later events. Redacting again changes
 * nothing, and the event id stays the same.
 *
 * https://spec.matrix.org/v1.19/rooms/v11/#redactions and the section of that name of the other versions.
 */
export function redactEvent(version: RoomVersion, pdu: Pdu): Pdu {
  // Every key that a Pdu must have is one that all versions keep.
  return redactJson(version, pdu) as Pdu
}

/** `redactEvent` for an object that need not be a complete event. */
export function redactJson(version: RoomVersion, event: JsonObject): JsonObject {
  const redacted = pick(event, keptKeys(version.redaction))
  if (isJsonObject(redacted['content'])) {
    redacted['content'] = redactContent(version.redaction, redacted['type'], redacted['content'])
  }
  return redacted
}

function redactContent(
  rules: RedactionRules,
  type: JsonObject[string] | undefined,
  content: JsonObject,
): JsonObject {
  if (type === 'm.room.create' && rules === 'v11') return content
  const kept = typeof type === 'string' ? keptContent[rules].get(type) : undefined
  if (kept === undefined) return {}

  const redacted = pick(content, kept)
  if (type === 'm.room.member' && rules === 'v11') {
    const invite = ownValue(content, 'third_party_invite')
    if (isJsonObject(invite)) redacted['third_party_invite'] = pick(invite, ['signed'])
  }
  return redacted
}

function pick(object: JsonObject, keys: readonly string[]): JsonObject {
  const picked: JsonObject = {}
  for (const key of keys) {
    const value = ownValue(object, key)
    if (value !== undefined) picked[key] = value
  }
  return picked
}

function keptKeys(rules: RedactionRules): readonly string[] {
  return rules === 'v11' ? keptSinceVersion11 : keptBeforeVersion11
}

// All lists are in canonical order, so that the canonical form of a redacted event needs no sorting.

const keptBeforeVersion11 = [
  'auth_events',
  'content',
  'depth',
  'event_id',
  'hashes',
  'membership',
  'origin',
  'origin_server_ts',
  'prev_events',
  'prev_state',
  'room_id',
  'sender',
  'signatures',
  'state_key',
  'type',
]

const keptSinceVersion11 = keptBeforeVersion11.filter(
  (key) => key !== 'membership' && key !== 'origin' && key !== 'prev_state',
)

type KeptContent = ReadonlyMap<string, readonly string[]>

const powerLevelKeys = [
  'ban',
  'events',
  'events_default',
  'kick',
  'redact',
  'state_default',
  'users',
  'users_default',
]

const sinceVersion6: KeptContent = new Map([
  ['m.room.member', ['membership']],
  ['m.room.create', ['creator']],
  ['m.room.join_rules', ['join_rule']],
  ['m.room.power_levels', powerLevelKeys],
  ['m.room.history_visibility', ['history_visibility']],
])

const sinceVersion8: KeptContent = new Map([...sinceVersion6, ['m.room.join_rules', ['allow', 'join_rule']]])

const sinceVersion9: KeptContent = new Map([
  ...sinceVersion8,
  ['m.room.member', ['join_authorised_via_users_server', 'membership']],
])

const keptContent: Record<RedactionRules, KeptContent> = {
  v1: new Map([...sinceVersion6, ['m.room.aliases', ['aliases']]]),
  v6: sinceVersion6,
  v8: sinceVersion8,
  v9: sinceVersion9,
  v11: new Map([
    ...sinceVersion9,
    ['m.room.power_levels', [...powerLevelKeys, 'invite'].sort()],
    ['m.room.redaction', ['redacts']],
  ]),
}
