import type { RoomEventFilter } from '../../../platform/filters/event-filter.ts'
import type { TimelineEvent, Viewer } from '../api.ts'

/**
 * Leaves out of `state` the members that nobody needs to show the `shown` events: with lazy loading, only their senders
 * and the viewer remain. https://spec.matrix.org/v1.19/client-server-api/#lazy-loading-room-members
 */
export function withLazyMembers(
  state: readonly TimelineEvent[],
  shown: readonly TimelineEvent[],
  viewer: Viewer,
  filter: RoomEventFilter,
): TimelineEvent[] {
  if (!filter.lazy_load_members) return [...state]
  const needed = new Set([viewer.userId, ...shown.map(({ sender }) => sender)])
  return state.filter(({ type, stateKey }) => type !== 'm.room.member' || needed.has(stateKey ?? ''))
}
