import { isJsonObject, type JsonObject, type JsonValue } from '../../../platform/json.ts'
import type { EventDraft, RoomState } from '../api.ts'
import { type PowerLevels, powerLevelsOf, readLevel } from '../protocol/power-levels.ts'
import { type RoomVersion, roomVersion } from '../protocol/room-versions.ts'

/** State with an empty key that goes with a room to its replacement, besides join rules and power levels. */
const transferredTypes = [
  'm.room.server_acl',
  'm.room.encryption',
  'm.room.name',
  'm.room.avatar',
  'm.room.topic',
  'm.room.guest_access',
  'm.room.history_visibility',
]

/** Most children of a space that go with it. */
const childrenMax = 1000

export type Replacement = {
  version: RoomVersion
  /** Who founds it, and whom they make creators beside themselves. */
  founder: string
  additionalCreators: readonly string[]
  predecessor: JsonObject
}

/** https://spec.matrix.org/v1.19/client-server-api/#mroomcreate */
export function replacementCreateContent(old: RoomState, replacement: Replacement): JsonObject {
  const { type, 'm.federate': federate } = old.event('m.room.create', '')?.content ?? {}
  const { version, additionalCreators, predecessor } = replacement
  return {
    ...(typeof type === 'string' && { type }),
    ...(federate === false && { 'm.federate': false }),
    predecessor,
    ...(version.privilegedCreators &&
      additionalCreators.length > 0 && { additional_creators: [...new Set(additionalCreators)] }),
  }
}

/**
 * The state that a room takes over from the one it replaces. The power levels come last: until then the founder, whatever
 * they may do in the old room, may set the rest.
 * https://spec.matrix.org/v1.19/client-server-api/#room-upgrades
 */
export function transferredState(old: RoomState, replacement: Replacement): EventDraft[] {
  const drafts = transferredTypes.flatMap((type) => draftOf(type, old.event(type, '')?.content))
  return [
    ...drafts,
    ...draftOf('m.room.join_rules', joinRulesFor(replacement.version, old)),
    ...childrenOf(old),
    ...draftOf('m.room.power_levels', powerLevelsFor(replacement, old)),
  ]
}

function draftOf(type: string, content: JsonObject | undefined): EventDraft[] {
  return content === undefined ? [] : [{ type, stateKey: '', content }]
}

/** A rule that the version does not know would keep everybody out, as an invite rule does in words. */
function joinRulesFor(version: RoomVersion, old: RoomState): JsonObject | undefined {
  const content = old.event('m.room.join_rules', '')?.content
  const known: Record<string, boolean> = {
    knock: version.knocking,
    restricted: version.restrictedJoins,
    knock_restricted: version.knockRestrictedJoins,
  }
  return known[String(content?.['join_rule'])] === false ? { join_rule: 'invite' } : content
}

function childrenOf(old: RoomState): EventDraft[] {
  if (old.event('m.room.create', '')?.content['type'] !== 'm.space') return []
  const children: EventDraft[] = []
  for (const { type, stateKey = '', content } of old.events()) {
    if (type === 'm.space.child' && Array.isArray(content['via'])) children.push({ type, stateKey, content })
    if (children.length >= childrenMax) break
  }
  return children
}

/**
 * The old room's levels as the new version writes them. Whoever stood above the levels in the old room and is no creator of
 * the new one gets 100, so that nobody loses a say by the change.
 */
function powerLevelsFor({ version, founder, additionalCreators }: Replacement, old: RoomState): JsonObject {
  const oldVersion = roomVersion(old.version) ?? version
  const levels = powerLevelsOf(oldVersion, (type, stateKey) => old.event(type, stateKey))
  const content = asIntegers(levels, levels.content ?? {})
  const users: JsonObject = isJsonObject(content['users']) ? { ...content['users'] } : {}
  if (oldVersion.privilegedCreators || levels.content === undefined)
    for (const creator of levels.creators) users[creator] = 100
  if (version.privilegedCreators)
    for (const creator of [founder, ...additionalCreators]) delete users[creator]
  return { ...content, users }
}

/** Levels that older versions tolerate as text; what is no level in the old room is none in the new one. */
function asIntegers(levels: PowerLevels, content: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(content).flatMap(([key, value]): [string, JsonValue][] => {
      if (isJsonObject(value)) return [[key, asIntegers(levels, value)]]
      const level = readLevel(levels.version, value)
      return level === undefined ? [] : [[key, level]]
    }),
  )
}
