import { isJsonObject, type JsonObject } from '../../../platform/json.ts'
import type { EventDraft } from '../api.ts'
import type { RoomVersion } from '../protocol/room-versions.ts'
import { type MemberProfile, memberDraft, withoutAuthoriser } from './member-draft.ts'

export type Preset = 'private_chat' | 'public_chat' | 'trusted_private_chat'

/** What a new room shall be like. */
export type RoomPlan = {
  creator: string
  version: RoomVersion
  preset: Preset
  creationContent: JsonObject
  powerLevels: JsonObject
  canonicalAlias: string | undefined
  initialState: readonly (EventDraft & { stateKey: string })[]
  name: string | undefined
  topic: string | undefined
  /** User ids, each once, the creator's not among them. */
  invite: readonly string[]
  isDirect: boolean
  profileOf: (userId: string) => MemberProfile
}

/**
 * The first events of a room in the order of the specification. State given by the client takes the place of that of
 * the preset, and `name` and `topic` that of state given by the client.
 *
 * https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3createroom
 */
export function initialEvents(plan: RoomPlan): EventDraft[] {
  const { creator, canonicalAlias, invite, isDirect, profileOf } = plan
  const named = namingState(plan)
  const given = plan.initialState.filter((draft) => !named.some((other) => isSamePlace(draft, other)))
  const preset = presetState(plan.preset).filter((draft) => !given.some((other) => isSamePlace(draft, other)))
  return [
    state('m.room.create', createContent(plan)),
    memberDraft(creator, 'join', profileOf(creator)),
    state('m.room.power_levels', powerLevels(plan)),
    ...(canonicalAlias === undefined ? [] : [state('m.room.canonical_alias', { alias: canonicalAlias })]),
    ...preset,
    ...given.map(asServersWord),
    ...named,
    ...invite.map((userId) => memberDraft(userId, 'invite', profileOf(userId), { isDirect })),
  ]
}

/** The server writes the version and, where the version has one, the creator. */
function createContent({ version, preset, creationContent, invite }: RoomPlan): JsonObject {
  const { creator: _creator, room_version: _version, ...content } = creationContent
  if (!version.privilegedCreators || preset !== 'trusted_private_chat' || invite.length === 0) return content
  const given = content['additional_creators'] ?? []
  // What is not a list is left for the authorisation rules to refuse.
  if (!Array.isArray(given)) return content
  return { ...content, additional_creators: [...new Set([...given, ...invite])] }
}

/**
 * The levels are those that clients expect of a new room: members talk, moderators (50) name the room and remove
 * people, administrators (100) change how it works. The client's override replaces whole properties.
 */
function powerLevels({ version, creator, preset, invite, powerLevels: override }: RoomPlan): JsonObject {
  const levels = {
    users: version.privilegedCreators ? {} : levelsOfCreators(creator, preset, invite),
    users_default: 0,
    events: {
      'm.room.name': 50,
      'm.room.avatar': 50,
      'm.room.canonical_alias': 50,
      'm.room.power_levels': 100,
      'm.room.history_visibility': 100,
      'm.room.encryption': 100,
      'm.room.server_acl': 100,
      'm.room.tombstone': 100,
    },
    events_default: 0,
    state_default: 50,
    ban: 50,
    kick: 50,
    redact: 50,
    invite: preset === 'public_chat' ? 50 : 0,
    ...override,
  }
  return version.privilegedCreators ? withGuardedTombstone(levels, override) : levels
}

function levelsOfCreators(creator: string, preset: Preset, invite: readonly string[]): JsonObject {
  const peers = preset === 'trusted_private_chat' ? invite : []
  return Object.fromEntries([creator, ...peers].map((userId) => [userId, 100]))
}

/** Replacing a room must take more than `state_default`, unless the client itself has said what it takes. */
function withGuardedTombstone(levels: JsonObject, override: JsonObject): JsonObject {
  const overridden = override['events']
  if (isJsonObject(overridden) && Object.hasOwn(overridden, 'm.room.tombstone')) return levels
  const { events, state_default: stateDefault } = levels
  if (!isJsonObject(events)) return levels
  const above = typeof stateDefault === 'number' && stateDefault >= 150 ? stateDefault + 1 : 150
  return { ...levels, events: { ...events, 'm.room.tombstone': above } }
}

function presetState(preset: Preset): (EventDraft & { stateKey: string })[] {
  const isPublic = preset === 'public_chat'
  return [
    state('m.room.join_rules', { join_rule: isPublic ? 'public' : 'invite' }),
    state('m.room.history_visibility', { history_visibility: 'shared' }),
    state('m.room.guest_access', { guest_access: isPublic ? 'forbidden' : 'can_join' }),
  ]
}

function namingState({ name, topic }: RoomPlan): (EventDraft & { stateKey: string })[] {
  return [
    ...(name === undefined ? [] : [state('m.room.name', { name })]),
    ...(topic === undefined ? [] : [state('m.room.topic', topicContent(topic))]),
  ]
}

/** https://spec.matrix.org/v1.19/client-server-api/#mroomtopic */
function topicContent(topic: string): JsonObject {
  return { topic, 'm.topic': { 'm.text': [{ body: topic, mimetype: 'text/plain' }] } }
}

function asServersWord(draft: EventDraft): EventDraft {
  return draft.type === 'm.room.member' ? { ...draft, content: withoutAuthoriser(draft.content) } : draft
}

function isSamePlace(one: EventDraft, other: EventDraft): boolean {
  return one.type === other.type && one.stateKey === other.stateKey
}

function state(type: string, content: JsonObject): EventDraft & { stateKey: string } {
  return { type, stateKey: '', content }
}
