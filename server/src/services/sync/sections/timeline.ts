import type { Position } from '../../../platform/stream/stream.ts'
import type { Slice, TimelineEvent } from '../../rooms/api.ts'

/** The part of a room's history that an answer shows. */
export type Timeline = {
  /** What is shown, oldest first. */
  events: TimelineEvent[]
  /** Everything from `start` on, shown or not. */
  all: TimelineEvent[]
  /** The first position that the timeline covers; /messages goes on before it. */
  start: Position
  /** Events before `start` that the client has not been given exist. */
  limited: boolean
  /** No event of the room lies before `start`. */
  fromBeginning: boolean
}

export type Stretch = {
  /** The newest events of the stretch, complete from the first of them on. */
  newest: Slice
  /** Position before the stretch; undefined when it begins with the room. */
  after: Position | undefined
  end: Position
  /** Most events to show. */
  limit: number
  /** Those of some events that may be shown. */
  choose(events: readonly TimelineEvent[]): Promise<TimelineEvent[]>
  /** Events before a position, newest last, within the stretch. */
  older(before: Position, limit: number): Promise<Slice>
}

const roundsMax = 5
const olderMax = 100

/**
 * Chooses what to show of a stretch of history: its newest events, up to `limit`. When few of them may be shown,
 * looks further back, but not for ever: a timeline that gave up is a limited one.
 */
export async function chooseTimeline(stretch: Stretch): Promise<Timeline> {
  let all = stretch.newest.events
  let isMore = stretch.newest.limited
  let chosen = await stretch.choose(all)
  for (let round = 1; isMore && chosen.length < stretch.limit && round < roundsMax; round++) {
    const [first] = all
    const before = first ? first.position : stretch.end + 1
    const slice = await stretch.older(before, Math.min(olderMax, stretch.limit << round))
    const further = await stretch.choose(slice.events)
    all = [...slice.events, ...all]
    chosen = [...further, ...chosen]
    isMore = slice.limited
    // A whole chunk out of sight: what the person may see begins after it, as a rule.
    if (further.length === 0) break
  }
  const shown = chosen.slice(-stretch.limit)
  const limited = isMore || shown.length < chosen.length
  const start = limited ? startOf(shown, all, stretch) : (stretch.after ?? 0) + 1
  return withoutOvertaken({
    events: shown,
    all: all.filter(({ position }) => position >= start),
    start,
    limited,
    fromBeginning: !limited && stretch.after === undefined,
  })
}

/** A full timeline begins with its first event; one that is not full, where the search for more ended. */
function startOf(shown: readonly TimelineEvent[], all: readonly TimelineEvent[], stretch: Stretch): Position {
  const first = shown.length === stretch.limit ? shown[0] : all[0]
  return first?.position ?? stretch.end + 1
}

/**
 * State events that are kept from the timeline (by a filter, by history visibility) reach the client as state "at the
 * start", where an earlier event of the same key in the timeline would then override them. So the timeline is cut
 * after the last such event.
 */
function withoutOvertaken(timeline: Timeline): Timeline {
  const shown = new Set(timeline.events)
  const keysShown = new Set<string>()
  let cut: Position | undefined
  for (const event of timeline.all) {
    if (event.stateKey === undefined) continue
    const key = stateKeyOf(event)
    if (shown.has(event)) keysShown.add(key)
    else if (keysShown.has(key)) cut = event.position
  }
  if (cut === undefined) return timeline
  const start = cut + 1
  const isAfter = ({ position }: TimelineEvent) => position >= start
  return {
    events: timeline.events.filter(isAfter),
    all: timeline.all.filter(isAfter),
    start,
    limited: true,
    fromBeginning: false,
  }
}

export function stateKeyOf(event: TimelineEvent): string {
  return `${event.type}\0${event.stateKey}`
}

/** State events that the timeline covers and does not show, the last of each key. */
export function withheldState(timeline: Timeline): TimelineEvent[] {
  if (timeline.events.length === timeline.all.length) return []
  const shown = new Set(timeline.events)
  const last = new Map<string, TimelineEvent>()
  for (const event of timeline.all) {
    if (event.stateKey !== undefined && !shown.has(event)) last.set(stateKeyOf(event), event)
  }
  return [...last.values()]
}
