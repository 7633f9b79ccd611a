import type { TimelineEvent } from '../../rooms/api.ts'
import type { Sources, View } from '../view.ts'
import { membersAt, type Scene } from './state.ts'

/**
 * Leaves of a room's members those whom the client needs in order to show what it gets: the senders of the timeline,
 * the heroes, and themselves when all of the room is new. Members that changed out of the client's sight stay in.
 * https://spec.matrix.org/v1.19/client-server-api/#lazy-loading-room-members
 */
export async function lazyLoad(
  sources: Sources,
  view: View,
  scene: Scene,
  parts: { state: readonly TimelineEvent[]; heroes: readonly string[]; at: 'start' | 'end' },
): Promise<TimelineEvent[]> {
  const { state, heroes, at } = parts
  const { userId, sessionId } = view.caller
  const isAllNew = scene.knownUpTo === undefined
  const needed = new Set([...scene.timeline.events.map(({ sender }) => sender), ...heroes])
  if (isAllNew) needed.add(userId)

  const given = isAllNew
    ? state.filter((event) => !isMember(event) || needed.has(event.stateKey ?? ''))
    : state
  for (const { type, stateKey } of given) if (type === 'm.room.member' && stateKey) needed.delete(stateKey)
  const missing = isAllNew ? [] : await membersAt(sources, scene, at, needed)
  const isKnown = (member: TimelineEvent) =>
    !view.filter.includeRedundantMembers && sources.lazyMembers.has(sessionId, member, view.since?.position)
  return [...given, ...missing.filter((member) => !isKnown(member))]
}

/** Notes the members that an answer carries, so that they are not sent again. */
export function noteSentMembers(
  { lazyMembers }: Sources,
  view: View,
  events: readonly TimelineEvent[],
): void {
  for (const event of events) if (isMember(event)) lazyMembers.sent(view.caller.sessionId, event, view.upTo)
}

function isMember({ type, stateKey }: TimelineEvent): boolean {
  return type === 'm.room.member' && stateKey !== undefined
}
