import type { JsonObject } from '../../../platform/json.ts'
import { Refusal } from '../../../platform/refusal.ts'
import type { Identity } from '../../identity/api.ts'
import type { EventDraft, RoomState } from '../api.ts'
import type { RoomView } from '../append/room-view.ts'
import { actionLevel, eventLevel, powerLevelsOf, readLevel, userLevel } from '../protocol/power-levels.ts'
import { roomVersion } from '../protocol/room-versions.ts'
import { refuse } from '../refusals.ts'
import type { RoomsService } from '../service.ts'
import { type AliasDeps, moveAliases } from './aliases.ts'
import { memberDraft, memberProfiles } from './member-draft.ts'
import { isPublished, setPublished } from './publish-room.ts'
import { type Replacement, replacementCreateContent, transferredState } from './replacement-state.ts'

export type UpgradeDeps = AliasDeps & {
  rooms: Pick<RoomsService, 'state' | 'latestEvents' | 'found' | 'decide'>
  identity: Pick<Identity, 'profiles'>
}

export type UpgradeRequest = {
  roomId: string
  userId: string
  versionId: string
  additionalCreators: readonly string[]
}

/**
 * Replaces a room by one of another version, which takes over state, aliases and place in the directory. Each step can be
 * taken again: a client that saw no answer asks again, and gets the room that the tombstone names. A node that dies before
 * the tombstone leaves a room that nobody has heard of, with its founder alone in it.
 *
 * https://spec.matrix.org/v1.19/client-server-api/#room-upgrades
 */
export async function upgradeRoom(deps: UpgradeDeps, request: UpgradeRequest): Promise<{ roomId: string }> {
  const { roomId, userId } = request
  const version = roomVersion(request.versionId)
  if (!version) throw refuse('rooms.version_unsupported')
  const old = await deps.rooms.state(roomId)
  if (!old) throw refuse('rooms.forbidden')
  await deps.rooms.decide({ roomId, sender: userId, decide: (room) => requireUpgrader(room, userId) })
  const standing = await earlierReplacement(deps, old, request)
  const replacement = {
    version,
    founder: userId,
    additionalCreators: request.additionalCreators.filter((creator) => creator !== userId),
    predecessor: await predecessorOf(deps, roomId),
  }
  const newId = standing ?? (await foundReplacement(deps, old, replacement))
  await moveAliases(deps, { from: roomId, to: newId })
  await moveCanonicalAlias(deps, { from: roomId, to: newId, userId })
  if (await isPublished(deps.db, roomId)) {
    await setPublished(deps, newId, true)
    await setPublished(deps, roomId, false)
  }
  await closeOldRoom(deps, roomId, userId, newId)
  return { roomId: newId }
}

/** Appends nothing, but is judged under the room's lock. */
function requireUpgrader(room: RoomView, userId: string): EventDraft[] {
  const levels = powerLevelsOf(room.version, room.event)
  const isMember = room.event('m.room.member', userId)?.content['membership'] === 'join'
  if (!isMember || userLevel(levels, userId) < eventLevel(levels, 'm.room.tombstone', 'state'))
    throw refuse('rooms.forbidden', 'You are not allowed to replace this room.')
  return []
}

/** The replacement that an earlier request of the same person has made: the tombstone leads to it. */
async function earlierReplacement(
  { rooms }: UpgradeDeps,
  old: RoomState,
  { userId, versionId }: UpgradeRequest,
): Promise<string | undefined> {
  const tombstone = old.event('m.room.tombstone', '')
  const newId = tombstone?.content['replacement_room']
  if (tombstone?.sender !== userId || typeof newId !== 'string') return undefined
  const made = await rooms.state(newId)
  const create = made?.event('m.room.create', '')
  const predecessor = create?.content['predecessor'] as JsonObject | undefined
  const isIt =
    made?.version === versionId && create?.sender === userId && predecessor?.['room_id'] === old.roomId
  return isIt ? newId : undefined
}

async function predecessorOf({ rooms }: UpgradeDeps, roomId: string): Promise<JsonObject> {
  const range = { after: undefined, upTo: Number.MAX_SAFE_INTEGER, limit: 1 }
  const last = (await rooms.latestEvents([roomId], range)).get(roomId)?.events.at(-1)
  return { room_id: roomId, ...(last && { event_id: last.eventId }) }
}

async function foundReplacement(
  { rooms, identity }: UpgradeDeps,
  old: RoomState,
  replacement: Replacement,
): Promise<string> {
  const { founder, version } = replacement
  const profileOf = await memberProfiles(identity, [founder])
  const drafts = [
    { type: 'm.room.create', stateKey: '', content: replacementCreateContent(old, replacement) },
    memberDraft(founder, 'join', profileOf(founder)),
    ...transferredState(old, replacement),
  ]
  try {
    return (await rooms.found({ version: version.id, sender: founder, drafts })).roomId
  } catch (error) {
    if (error instanceof Refusal && error.code === 'rooms.forbidden')
      throw refuse('rooms.initial_state_invalid', error.message)
    throw error
  }
}

/** The event that names the aliases goes with them, as far as the person may set it. */
async function moveCanonicalAlias(
  { rooms }: UpgradeDeps,
  { from, to, userId }: { from: string; to: string; userId: string },
): Promise<void> {
  const type = 'm.room.canonical_alias'
  const content = (await rooms.state(from))?.event(type, '')?.content ?? {}
  if (Object.keys(content).length === 0) return
  await ifAllowed(() =>
    rooms.decide({ roomId: to, sender: userId, decide: () => [{ type, stateKey: '', content }] }),
  )
  await ifAllowed(() =>
    rooms.decide({ roomId: from, sender: userId, decide: () => [{ type, stateKey: '', content: {} }] }),
  )
}

async function closeOldRoom(
  { rooms }: UpgradeDeps,
  roomId: string,
  sender: string,
  replacement: string,
): Promise<void> {
  const content = { body: 'This room has been replaced.', replacement_room: replacement }
  await rooms.decide({
    roomId,
    sender,
    decide: (room) =>
      room.event('m.room.tombstone', '')?.content['replacement_room'] === replacement
        ? []
        : [{ type: 'm.room.tombstone', stateKey: '', content }],
  })
  await ifAllowed(() => rooms.decide({ roomId, sender, decide: quieted }))
}

/** Only those with power still speak and invite in a room that has been replaced. */
function quieted(room: RoomView): EventDraft[] {
  const levels = powerLevelsOf(room.version, room.event)
  if (!levels.content) return []
  const read = (key: string) => readLevel(room.version, levels.content?.[key])
  const floor = Math.max(50, (read('users_default') ?? 0) + 1)
  const speaking = Math.max(floor, read('events_default') ?? 0)
  const inviting = Math.max(floor, actionLevel(levels, 'invite'))
  if (read('events_default') === speaking && read('invite') === inviting) return []
  const content = { ...levels.content, events_default: speaking, invite: inviting }
  return [{ type: 'm.room.power_levels', stateKey: '', content }]
}

/** For what the specification asks for if possible. */
async function ifAllowed(act: () => Promise<unknown>): Promise<void> {
  try {
    await act()
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
  }
}
