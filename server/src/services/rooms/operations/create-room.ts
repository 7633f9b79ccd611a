import type { JsonObject } from '../../../platform/json.ts'
import { Outage, Refusal } from '../../../platform/refusal.ts'
import type { EventDraft } from '../api.ts'
import { isRoomAlias } from '../protocol/identifiers.ts'
import { defaultRoomVersion, roomVersion } from '../protocol/room-versions.ts'
import { refuse } from '../refusals.ts'
import type { RoomsService } from '../service.ts'
import { type AliasDeps, pointAlias, releaseAlias, requireClaim, reserveAlias } from './aliases.ts'
import { aliasesIn } from './check-canonical-alias.ts'
import { initialEvents, type Preset } from './initial-events.ts'
import { type InviteDeps, requireInvitable } from './invite.ts'
import { memberProfiles } from './member-draft.ts'
import { setPublished } from './publish-room.ts'

export type CreateDeps = Pick<InviteDeps, 'identity' | 'accountData' | 'serverName'> &
  AliasDeps & { rooms: Pick<RoomsService, 'found'> }

/** As in the body of /createRoom. */
export type CreateRequest = {
  creator: string
  applicationService?: string | undefined
  visibility: 'public' | 'private'
  preset: Preset | undefined
  /** Local part of the alias. */
  aliasName: string | undefined
  name: string | undefined
  topic: string | undefined
  invite: readonly string[]
  isDirect: boolean
  versionId: string | undefined
  creationContent: JsonObject
  initialState: readonly (EventDraft & { stateKey: string })[]
  powerLevels: JsonObject
}

/**
 * Creates a room with all that the request says, or nothing of it. The alias is kept free first, so that a node that
 * dies half-way leaves neither an alias that leads nowhere nor - for the person, who was not answered - a room.
 */
export async function createRoom(deps: CreateDeps, request: CreateRequest): Promise<{ roomId: string }> {
  const { creator } = request
  const version = request.versionId === undefined ? defaultRoomVersion : roomVersion(request.versionId)
  if (!version) throw refuse('rooms.version_unsupported')
  const alias = request.aliasName === undefined ? undefined : `#${request.aliasName}:${deps.serverName}`
  if (alias !== undefined && !isNewAlias(request.aliasName, alias)) throw refuse('rooms.alias_invalid')
  if (alias !== undefined) requireClaim(deps, alias, request)
  requireOwnAliases(request.initialState, alias)
  const invite = [...new Set(request.invite)].filter((userId) => userId !== creator)
  await requireInvitable(deps, [...invite, ...invitedByState(request.initialState)])
  const profileOf = await memberProfiles(deps.identity, [creator, ...invite])
  const drafts = initialEvents({
    ...request,
    version,
    preset: request.preset ?? (request.visibility === 'public' ? 'public_chat' : 'private_chat'),
    canonicalAlias: alias,
    invite,
    profileOf,
  })

  if (alias !== undefined && !(await reserveAlias(deps, alias, creator))) throw refuse('rooms.alias_in_use')
  try {
    const { roomId } = await found(deps, version.id, creator, drafts)
    if (request.visibility === 'public') await setPublished(deps, roomId, true)
    if (alias !== undefined) await pointAlias(deps, alias, creator, roomId)
    return { roomId }
  } catch (error) {
    // During an outage the reservation is left to run out by itself: the person is not kept waiting a second time.
    if (alias !== undefined && !(error instanceof Outage)) await releaseAlias(deps, alias, creator)
    throw error
  }
}

/** What the authorisation rules forbid is told as a fault of the request. */
async function found(
  { rooms }: CreateDeps,
  version: string,
  sender: string,
  drafts: readonly EventDraft[],
): Promise<{ roomId: string }> {
  try {
    return await rooms.found({ version, sender, drafts })
  } catch (error) {
    if (error instanceof Refusal && error.code === 'rooms.forbidden')
      throw refuse('rooms.initial_state_invalid', error.message)
    throw error
  }
}

function isNewAlias(localpart: string | undefined, alias: string): boolean {
  return localpart !== undefined && !localpart.includes(':') && isRoomAlias(alias)
}

/** No alias but the one that comes with it can lead to a room that is not there yet. */
function requireOwnAliases(initialState: readonly EventDraft[], alias: string | undefined): void {
  for (const { type, stateKey, content } of initialState) {
    if (type !== 'm.room.canonical_alias' || stateKey !== '') continue
    if (aliasesIn(content).some((other) => other !== alias)) throw refuse('rooms.alias_elsewhere')
  }
}

function invitedByState(initialState: readonly (EventDraft & { stateKey: string })[]): string[] {
  return initialState.flatMap(({ type, stateKey, content }) =>
    type === 'm.room.member' && content['membership'] === 'invite' ? [stateKey] : [],
  )
}
