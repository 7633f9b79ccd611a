import type { Position } from '../../../platform/stream/stream.ts'
import type { Slice, TimelineEvent } from '../../rooms/api.ts'
import type { Sources, View } from '../view.ts'
import type { JoinedPlan, LeftPlan } from './room-plan.ts'
import type { Scene } from './state.ts'
import { chooseTimeline, type Timeline } from './timeline.ts'

/**
 * The timelines of joined rooms: two queries at most for the newest events of all of them, and none when the recent
 * past that the node keeps in memory covers them.
 */
export async function joinedScenes(
  sources: Sources,
  view: View,
  plans: readonly JoinedPlan[],
): Promise<Scene[]> {
  const { upTo } = view
  const since = view.since?.position
  const limit = timelineLimit(sources, view)
  const [fresh, known] = await Promise.all([
    newest(sources, idsOf(plans.filter((plan) => plan.fresh)), { after: undefined, upTo, limit }),
    newest(sources, idsOf(plans.filter((plan) => !plan.fresh)), { after: since, upTo, limit }),
  ])
  // All of them at once, before the timelines: what a person may see is read off the state.
  await Promise.all(plans.map(({ roomId, fresh: isFresh }) => isFresh && sources.rooms.state(roomId)))
  return Promise.all(
    plans.map(async (plan): Promise<Scene> => {
      const { roomId } = plan
      const slice = (plan.fresh ? fresh : known).get(roomId) ?? nothingNew
      const after = plan.fresh ? undefined : since
      const timeline = await timelineOf(sources, view, {
        roomId,
        slice,
        after,
        end: upTo,
        stayed: !plan.fresh,
        ownEnd: undefined,
      })
      const state = needsState(view, plan, timeline) ? await sources.rooms.state(roomId) : undefined
      return {
        roomId,
        fresh: plan.fresh,
        // Somebody who came back may know an older part of the room, so theirs never simply goes on.
        timeline: plan.fresh && since !== undefined ? { ...timeline, limited: true } : timeline,
        knownUpTo: plan.fresh || view.fullState ? undefined : since,
        end: upTo,
        current: state && state.position <= upTo ? state : undefined,
      }
    }),
  )
}

/** The timeline of a room up to the end of the person's stay, and their own membership events since. */
export async function leftScene(sources: Sources, view: View, plan: LeftPlan): Promise<Scene> {
  const { roomId, stay, after } = plan
  const since = view.since?.position
  if (!stay) {
    const start = after[0]?.position ?? view.upTo
    const timeline = { events: after, all: after, start, limited: false, fromBeginning: false }
    // State is not theirs to see: what they "know" ends where the timeline begins, so none is added.
    return { roomId, fresh: false, timeline, knownUpTo: start - 1, end: start - 1, current: undefined }
  }
  const from = stay.fresh ? undefined : since
  const range = { after: from, upTo: stay.end, limit: timelineLimit(sources, view) }
  const slice = (await newest(sources, [roomId], range)).get(roomId) ?? nothingNew
  const timeline = await timelineOf(sources, view, {
    roomId,
    slice,
    after: from,
    end: stay.end,
    stayed: !stay.fresh,
    ownEnd: stay.end,
  })
  return {
    roomId,
    fresh: stay.fresh,
    timeline: {
      ...timeline,
      events: [...timeline.events, ...after],
      all: [...timeline.all, ...after],
      limited: timeline.limited || (stay.fresh && since !== undefined),
    },
    knownUpTo: stay.fresh || view.fullState ? undefined : since,
    end: stay.end,
    current: undefined,
  }
}

const nothingNew: Slice = { events: [], limited: false }

type Range = { after: Position | undefined; upTo: Position; limit: number }

async function newest(
  { rooms }: Sources,
  roomIds: readonly string[],
  range: Range,
): Promise<Map<string, Slice>> {
  return roomIds.length === 0 ? new Map() : rooms.latestEvents(roomIds, range)
}

function idsOf(plans: readonly JoinedPlan[]): string[] {
  return plans.map(({ roomId }) => roomId)
}

function timelineLimit({ config }: Sources, { filter }: View): number {
  return Math.min(filter.timelineLimit ?? config.timelineLimit, config.timelineLimitMax)
}

type Source = {
  roomId: string
  slice: Slice
  after: Position | undefined
  end: Position
  /** They were joined all the while, so they may see everything. */
  stayed: boolean
  /** Where they left: that event is theirs to see under any history visibility. */
  ownEnd: Position | undefined
}

async function timelineOf(sources: Sources, view: View, source: Source): Promise<Timeline> {
  const { roomId, slice, after, end, stayed, ownEnd } = source
  const { timeline: filter } = view.filter
  if (filter.nothing || !filter.room(roomId)) {
    return { events: [], all: [], start: end + 1, limited: false, fromBeginning: false }
  }
  const isWanted = (event: TimelineEvent) =>
    // State events come from ignored people too. https://spec.matrix.org/v1.19/client-server-api/#ignoring-users
    (event.stateKey !== undefined || !view.ignored.has(event.sender)) && filter.matches(event)
  const takesAll = filter.everything && view.ignored.size === 0
  return chooseTimeline({
    newest: slice,
    after,
    end,
    limit: timelineLimit(sources, view),
    async choose(events) {
      const wanted = takesAll ? events : events.filter(isWanted)
      if (stayed || wanted.length === 0) return [...wanted]
      const visible = await sources.rooms.visibleTo(view.caller.userId, roomId, wanted)
      const ids = new Set(visible.map(({ eventId }) => eventId))
      return wanted.filter(({ eventId, position }) => ids.has(eventId) || position === ownEnd)
    },
    async older(before, limit) {
      const range = { after, upTo: before - 1, limit }
      return (await newest(sources, [roomId], range)).get(roomId) ?? nothingNew
    },
  })
}

/** A few new messages need nothing of the room's state. */
function needsState(view: View, plan: JoinedPlan, timeline: Timeline): boolean {
  if (plan.fresh || view.fullState || view.filter.lazyLoadMembers) return true
  const isGap = timeline.start > (view.since?.position ?? 0) + 1
  return isGap || timeline.all.some(({ stateKey }) => stateKey !== undefined)
}
