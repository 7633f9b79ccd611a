import type { Position } from '../../../platform/stream/stream.ts'
import type { RoomState, Rooms, TimelineEvent } from '../../rooms/api.ts'
import { stateKeyOf, type Timeline, withheldState } from './timeline.ts'

/** A room as an answer shows it. */
export type Scene = {
  roomId: string
  /** All of the room is new to the client: they have joined since the token. */
  fresh: boolean
  timeline: Timeline
  /** The client knows the room's state up to here; undefined when it gets all of it. */
  knownUpTo: Position | undefined
  /** Where the room ends for the person: the answer's position, or where their stay ended. */
  end: Position
  /** State as of `end`, if it is in memory. */
  current: RoomState | undefined
}

export type SceneState = {
  /** State before the timeline, or after it: all of it, or what has changed. */
  events: TimelineEvent[]
  /** The last change of each key in the stretch that is new to the client; undefined when all is new. */
  changed: TimelineEvent[] | undefined
}

type Deps = { rooms: Pick<Rooms, 'stateAt' | 'stateChanges' | 'events'> }

/**
 * The state that belongs to a timeline: `at: 'start'` of it (what /sync calls `state`) or `at: 'end'` (`state_after`).
 * State events that the timeline covers and does not show count as state at its start, so that the client's state is
 * right after either.
 */
export async function stateOf(deps: Deps, scene: Scene, at: 'start' | 'end'): Promise<SceneState> {
  const { knownUpTo, timeline } = scene
  if (knownUpTo === undefined) return { events: await fullState(deps, scene, at), changed: undefined }
  const gapEnd = timeline.start - 1
  const inGap = gapEnd > knownUpTo ? await deps.rooms.stateChanges(scene.roomId, knownUpTo, gapEnd) : []
  const inTimeline = timeline.all.filter(({ stateKey }) => stateKey !== undefined)
  const changed = overlay(inGap, inTimeline)
  return { events: at === 'end' ? changed : overlay(inGap, withheldState(timeline)), changed }
}

/** The member event of each of these people at that point, of those who have one. */
export async function membersAt(
  deps: Deps,
  scene: Scene,
  at: 'start' | 'end',
  userIds: ReadonlySet<string>,
): Promise<TimelineEvent[]> {
  if (userIds.size === 0) return []
  const { current, roomId, timeline } = scene
  if (!current) {
    const keys = [...userIds].map((stateKey) => ({ type: 'm.room.member', stateKey }))
    return deps.rooms.stateAt(roomId, at === 'end' ? scene.end : timeline.start - 1, keys)
  }
  const members = [...userIds].flatMap((userId) => current.event('m.room.member', userId) ?? [])
  return at === 'end' ? members : rewind(deps, roomId, members, timeline)
}

async function fullState(deps: Deps, scene: Scene, at: 'start' | 'end'): Promise<TimelineEvent[]> {
  const { current, roomId, timeline, end } = scene
  if (at === 'end') {
    if (current) return [...current.events()]
    const later = timeline.all.filter(({ position, stateKey }) => position > end && stateKey !== undefined)
    return overlay(await deps.rooms.stateAt(roomId, end), later)
  }
  const before = current
    ? await rewind(deps, roomId, [...current.events()], timeline)
    : await deps.rooms.stateAt(roomId, timeline.start - 1)
  return overlay(before, withheldState(timeline))
}

/** State as of the timeline's end, taken back to its start: each event that the timeline changed gives way to its predecessor. */
async function rewind(
  deps: Deps,
  roomId: string,
  atEnd: readonly TimelineEvent[],
  timeline: Timeline,
): Promise<TimelineEvent[]> {
  const first = new Map<string, TimelineEvent>()
  for (const event of timeline.all) {
    if (event.stateKey !== undefined && !first.has(stateKeyOf(event))) first.set(stateKeyOf(event), event)
  }
  if (first.size === 0) return [...atEnd]
  const unchanged: TimelineEvent[] = []
  const replaced: string[] = []
  for (const event of atEnd) {
    const earliest = first.get(stateKeyOf(event))
    if (!earliest) unchanged.push(event)
    else if (earliest.replacesState !== undefined) replaced.push(earliest.replacesState)
  }
  if (replaced.length === 0) return unchanged
  return [...unchanged, ...(await deps.rooms.events(roomId, replaced))]
}

/** The last event of each key, those of `over` after those of `under`. */
function overlay(under: readonly TimelineEvent[], over: readonly TimelineEvent[]): TimelineEvent[] {
  if (over.length === 0) return [...under]
  const last = new Map<string, TimelineEvent>()
  for (const event of [...under, ...over]) {
    const key = stateKeyOf(event)
    last.delete(key)
    last.set(key, event)
  }
  return [...last.values()]
}
