import type { Database } from '../../../platform/db/database.ts'
import type { Stream } from '../../../platform/stream/stream.ts'
import type { TimelineEvent } from '../api.ts'
import { currentPerspective, loadPerspectives, type Perspective, sees } from '../state/perspective.ts'
import type { States } from '../state/states.ts'

export type PerspectiveDeps = { db: Database; stream: Stream; states: States }

/** The person's view of each room that these events are of, good for these events and all later ones. */
export async function perspectivesOn(
  { db, stream, states }: PerspectiveDeps,
  userId: string,
  events: readonly TimelineEvent[],
): Promise<Map<string, Perspective>> {
  const perspectives = new Map<string, Perspective>()
  const spans = new Map<string, { first: number; last: number }>()
  for (const { roomId, position } of events) {
    const { first, last } = spans.get(roomId) ?? { first: position, last: position }
    spans.set(roomId, { first: Math.min(first, position), last: Math.max(last, position) })
  }
  const missing: string[] = []
  for (const [roomId, { first, last }] of spans) {
    // Beyond the stream's position another node may have changed the state without this node knowing it yet.
    const isKnown = last <= stream.position()
    // One room is worth loading: what is shown to one of its people is about to be shown to the others.
    const find = spans.size === 1 ? states.get : states.peek
    const state = isKnown ? await find(roomId) : undefined
    const perspective = currentPerspective(state, userId, first)
    if (perspective) perspectives.set(roomId, perspective)
    else missing.push(roomId)
  }
  for (const [roomId, perspective] of await loadPerspectives(db, userId, missing))
    perspectives.set(roomId, perspective)
  return perspectives
}

export async function visibleTo<Event extends TimelineEvent>(
  deps: PerspectiveDeps,
  userId: string,
  events: readonly Event[],
): Promise<Event[]> {
  const perspectives = await perspectivesOn(deps, userId, events)
  return events.filter((event) => {
    const perspective = perspectives.get(event.roomId)
    return perspective !== undefined && sees(perspective, event)
  })
}
