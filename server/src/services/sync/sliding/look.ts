import type { RoomState, TimelineEvent } from '../../rooms/api.ts'
import type { Look } from '../sections/look.ts'
import { type Scene, stateOf } from '../sections/state.ts'
import { concernsSummary, summaryOf } from '../sections/summary.ts'
import type { Sources } from '../view.ts'
import { requiredState, type StateRequest } from './required-state.ts'
import type { RoomScenes, RoomTask } from './rooms.ts'
import type { SlidingView } from './sliding-view.ts'

/** What an answer shows of a joined room's events and state. */
export type SlidingLook = Look & {
  isNew: boolean
  isExpanded: boolean
  /** As it is now, where it is needed. */
  current: RoomState | undefined
}

/** Undefined when nothing of a room's events and state is new to the client. */
export async function lookAtRoom(
  sources: Sources,
  view: SlidingView,
  { task, scene, expanded }: RoomScenes,
): Promise<SlidingLook | undefined> {
  const { roomId, required, after, told } = task
  const isNew = after === undefined
  const isRestated = !isNew && required.id !== told.stateId
  if (!scene && !expanded && !isRestated) return undefined
  const isExpanded = expanded !== undefined && !hasAll(expanded, told.timelineLimit)
  const shown = isExpanded ? expanded : scene
  const changed = isNew || !scene ? undefined : (await stateOf(sources, scene, 'end')).changed
  const needsState =
    isNew || isRestated || required.lazyMembers || (changed !== undefined && changed.length > 0)
  const current = needsState ? (scene?.current ?? (await sources.rooms.state(roomId))) : undefined
  const state = current ? chosenState(sources, view, { task, shown, changed, current, isRestated }) : []
  const summary =
    current && (isNew || (changed && concernsSummary(changed)))
      ? summaryOf(current, view.caller.userId)
      : undefined
  const { timeline } = shown ?? nothingNew
  if (!isNew && timeline.events.length === 0 && !timeline.limited && state.length === 0 && !summary)
    return undefined
  return {
    scene: shown ?? sceneWithoutNews(roomId, view),
    state,
    summary,
    changed,
    isNew,
    isExpanded,
    current,
  }
}

const nothingNew = {
  timeline: { events: [] as TimelineEvent[], all: [], start: 0, limited: false, fromBeginning: false },
}

/** The client has all the events of the room, or of the newest `limit`, already. */
function hasAll({ timeline }: Scene, limit: number): boolean {
  return !timeline.limited && timeline.events.length <= limit
}

function sceneWithoutNews(roomId: string, { upTo }: SlidingView): Scene {
  const timeline = { ...nothingNew.timeline, start: upTo + 1 }
  return { roomId, fresh: false, timeline, knownUpTo: upTo, end: upTo, current: undefined }
}

type Choice = {
  task: RoomTask
  shown: Scene | undefined
  changed: readonly TimelineEvent[] | undefined
  current: RoomState
  isRestated: boolean
}

function chosenState(sources: Sources, view: SlidingView, choice: Choice): TimelineEvent[] {
  const { task, shown, changed = [], current, isRestated } = choice
  const { required, after, told } = task
  const chosen = new Map<string, TimelineEvent>()
  if (after === undefined) addAll(chosen, required.of(current))
  else {
    // The members that a client keeps stay complete for as long as it misses no event.
    const takesMembers = required.lazyMembers && shown?.timeline.limited === false
    addAll(
      chosen,
      changed.filter((event) => required.matches(event) || (takesMembers && isMember(event))),
    )
    if (isRestated) {
      const before = requiredState(requestsBehind(view, told.stateId))
      addAll(
        chosen,
        required.of(current).filter((event) => !before.matches(event)),
      )
    }
  }
  if (required.lazyMembers && shown) addAll(chosen, membersFor(sources, view, shown, current))
  const state = [...chosen.values()]
  if (required.lazyMembers) {
    for (const event of state) if (isMember(event)) sources.lazyMembers.sent(lazyKey(view), event, view.upTo)
  }
  return state
}

function requestsBehind({ connection }: SlidingView, stateId: string): StateRequest[] {
  const text = connection.rest.states[stateId]
  return text === undefined ? [] : (JSON.parse(text) as StateRequest[])
}

/** Who sent the events of the timeline, and whom its member events are about. */
function membersFor(
  { lazyMembers }: Sources,
  view: SlidingView,
  { timeline }: Scene,
  current: RoomState,
): TimelineEvent[] {
  const needed = new Set<string>()
  for (const event of timeline.events) {
    needed.add(event.sender)
    if (isMember(event) && event.stateKey !== undefined) needed.add(event.stateKey)
  }
  return [...needed].flatMap((userId) => {
    const member = current.event('m.room.member', userId)
    return member && !lazyMembers.has(lazyKey(view), member, view.since?.position) ? [member] : []
  })
}

/** A connection that begins anew has been sent nobody. */
function lazyKey({ caller, connection }: SlidingView): string {
  return `${caller.sessionId} ${connection.root}`
}

function isMember({ type, stateKey }: TimelineEvent): boolean {
  return type === 'm.room.member' && stateKey !== undefined
}

function addAll(chosen: Map<string, TimelineEvent>, events: readonly TimelineEvent[]): void {
  for (const event of events) chosen.set(event.eventId, event)
}
