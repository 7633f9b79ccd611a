import type { Database } from '../../../platform/db/database.ts'
import type { JsonObject, JsonValue } from '../../../platform/json.ts'
import { refuse } from '../refusals.ts'
import type { StateSnapshot } from '../state/room-state.ts'
import type { StoredEvent } from '../timeline/stored-event.ts'
import { describeRoom, isOpenTo } from './describe-room.ts'
import { joinedRooms } from './memberships.ts'

export type SpaceDeps = {
  db: Database
  states: { get(roomId: string): Promise<StateSnapshot | undefined> }
}

export type SpaceWalk = {
  userId: string
  /** Where the tree begins. */
  roomId: string
  suggestedOnly: boolean
  /** How many links a room may be away from the beginning. */
  depthMax: number
  limit: number
  after: SpaceCursor | undefined
}

/** The last room given, and how many were given up to it. */
export type SpaceCursor = { roomId: string; count: number }

export type SpacePage = { rooms: JsonObject[]; next: SpaceCursor | undefined }

/** Rooms of a tree that can be walked through, children that one room may name, and links between any two rooms. */
export const spaceLimits = { rooms: 5000, children: 1000, depth: 20 }

/**
 * One page of the rooms below a space, each once, a room before its children and these before its next sibling. Rooms that
 * the person may not know of are left out with all below them. Refuses with `rooms.forbidden` when the first is one.
 *
 * The tree is walked from its beginning for each page, as it is now and in memory: a page needs no trace on the server, and
 * whatever was moved meanwhile, the walk goes on after the room given last - or, if that is gone, after as many rooms.
 *
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv1roomsroomidhierarchy
 */
export async function walkSpace(deps: SpaceDeps, walk: SpaceWalk): Promise<SpacePage> {
  const found: Found[] = []
  for await (const room of roomsBelow(deps, walk)) {
    found.push(room)
    if (found.length >= spaceLimits.rooms || found.length > endOf(found, walk)) break
  }
  if (found.length === 0) throw refuse('rooms.forbidden', 'You are not allowed to see this room.')
  const from = beginOf(found, walk.after)
  const page = found.slice(from, from + walk.limit)
  const last = page.at(-1)
  return {
    rooms: page.map(({ state, children }) => ({
      ...describeRoom(state),
      children_state: children.map(presentChild),
    })),
    next:
      last && found.length > from + walk.limit
        ? { roomId: last.state.roomId, count: from + page.length }
        : undefined,
  }
}

type Found = { state: StateSnapshot; children: StoredEvent[] }

/** Depth first, in the order in which clients show children; a room that was met is not met again, so loops end. */
async function* roomsBelow(deps: SpaceDeps, walk: SpaceWalk): AsyncIterable<Found> {
  const joined = await joinedRooms(deps.db, walk.userId)
  const met = new Set([walk.roomId])
  const ahead = [{ roomId: walk.roomId, depth: 0 }]
  for (let next = ahead.pop(); next; next = ahead.pop()) {
    const { roomId, depth } = next
    const state = await deps.states.get(roomId)
    if (!state || !isOpenTo(state, walk.userId, joined)) continue
    const children = childrenOf(state, walk.suggestedOnly)
    yield { state, children }
    if (depth >= walk.depthMax) continue
    // Loads together what is about to be looked at one by one.
    await Promise.all(children.slice(0, walk.limit).map(({ stateKey = '' }) => deps.states.get(stateKey)))
    for (const { stateKey = '' } of children.toReversed()) {
      if (met.has(stateKey)) continue
      met.add(stateKey)
      ahead.push({ roomId: stateKey, depth: depth + 1 })
    }
  }
}

function beginOf(found: readonly Found[], after: SpaceCursor | undefined): number {
  if (!after) return 0
  const index = found.findIndex(({ state }) => state.roomId === after.roomId)
  return index === -1 ? after.count : index + 1
}

/** How many rooms have to be found for the page to be complete, as far as is known by now. */
function endOf(found: readonly Found[], { after, limit }: SpaceWalk): number {
  return Math.max(beginOf(found, after), after?.count ?? 0) + limit
}

/** https://spec.matrix.org/v1.19/client-server-api/#ordering-of-children-within-a-space */
function childrenOf(state: StateSnapshot, suggestedOnly: boolean): StoredEvent[] {
  if (state.event('m.room.create', '')?.content['type'] !== 'm.space') return []
  const children: StoredEvent[] = []
  for (const event of state.events()) {
    if (event.type !== 'm.space.child' || !isVia(event.content['via'])) continue
    if (!suggestedOnly || event.content['suggested'] === true) children.push(event)
  }
  return children.sort(compareChildren).slice(0, spaceLimits.children)
}

/** A child without servers to join it through is none. */
function isVia(via: JsonValue | undefined): boolean {
  return Array.isArray(via) && via.length > 0 && via.every((server) => typeof server === 'string')
}

function compareChildren(one: StoredEvent, other: StoredEvent): number {
  const [first, second] = [orderOf(one), orderOf(other)]
  if (first !== second) {
    if (first === undefined) return 1
    if (second === undefined) return -1
    return first < second ? -1 : 1
  }
  const later = one.originServerTs - other.originServerTs
  return later === 0 ? ((one.stateKey ?? '') < (other.stateKey ?? '') ? -1 : 1) : later
}

/** Up to 50 characters between space and tilde; anything else counts as no order. */
function orderOf({ content }: StoredEvent): string | undefined {
  const { order } = content
  return typeof order === 'string' && /^[\x20-\x7e]{1,50}$/.test(order) ? order : undefined
}

function presentChild({ type, stateKey = '', content, sender, originServerTs }: StoredEvent): JsonObject {
  return { type, state_key: stateKey, content, sender, origin_server_ts: originServerTs }
}
