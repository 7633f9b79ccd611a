import type { TimelineEvent } from '../../rooms/api.ts'
import type { Sources, View } from '../view.ts'
import { lazyLoad } from './lazy-load.ts'
import { type Scene, stateOf } from './state.ts'
import { concernsSummary, type Summary, summaryOf } from './summary.ts'

/** What an answer shows of a room's events. */
export type Look = {
  scene: Scene
  state: TimelineEvent[]
  summary: Summary | undefined
  /** State that has changed since the token; undefined when all of the room is new. */
  changed: readonly TimelineEvent[] | undefined
}

/** Chooses the state that goes with a room's timeline, and its summary when that may have changed. */
export async function lookAt(
  sources: Sources,
  view: View,
  scene: Scene,
  section: 'join' | 'leave',
): Promise<Look> {
  const { filter, caller } = view
  const at = view.useStateAfter ? 'end' : 'start'
  const { events, changed } = await stateOf(sources, scene, at)
  const needsSummary = section === 'join' && (changed === undefined || concernsSummary(changed))
  // The state as it is now: a summary that is a moment ahead of its timeline is put right by the next answer.
  const current = needsSummary ? (scene.current ?? (await sources.rooms.state(scene.roomId))) : undefined
  const summary = current && summaryOf(current, caller.userId)
  const heroes = summary?.['m.heroes'] ?? []
  const chosen = filter.lazyLoadMembers
    ? await lazyLoad(sources, view, scene, { state: events, heroes, at })
    : events
  const takesAll = filter.state.everything
  return {
    scene,
    state: takesAll
      ? chosen
      : chosen.filter((event) => filter.state.room(event.roomId) && filter.state.matches(event)),
    summary,
    changed,
  }
}
