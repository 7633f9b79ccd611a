import type { RoomState, TimelineEvent } from '../../rooms/api.ts'

/** https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3sync_response-200_roomsummary */
export type Summary = {
  'm.heroes'?: string[]
  'm.joined_member_count': number
  'm.invited_member_count': number
}

const heroesMax = 5

/** The room's candidates for heroes, kept while its state stays the same: everybody in it asks at the same time. */
const candidates = new WeakMap<RoomState, string[]>()

export function summaryOf(state: RoomState, viewer: string): Summary {
  const counts = {
    'm.joined_member_count': state.members('join').size,
    'm.invited_member_count': state.members('invite').size,
  }
  if (hasName(state)) return counts
  let present = candidates.get(state)
  if (!present) {
    // One more than is shown, because the viewer is never one of them.
    present = earliest(state, [...state.members('join'), ...state.members('invite')], heroesMax + 1)
    candidates.set(state, present)
  }
  const heroes = withoutViewer(present, viewer)
  if (heroes.length > 0) return { 'm.heroes': heroes, ...counts }
  const gone = earliest(state, [...state.members('leave'), ...state.members('ban')], heroesMax + 1)
  return { 'm.heroes': withoutViewer(gone, viewer), ...counts }
}

/** True when one of these changes can change a summary. */
export function concernsSummary(changed: readonly TimelineEvent[]): boolean {
  return changed.some(
    ({ type }) => type === 'm.room.member' || type === 'm.room.name' || type === 'm.room.canonical_alias',
  )
}

function hasName(state: RoomState): boolean {
  const name = state.event('m.room.name', '')?.content['name']
  const alias = state.event('m.room.canonical_alias', '')?.content['alias']
  return [name, alias].some((text) => typeof text === 'string' && text !== '')
}

function withoutViewer(userIds: readonly string[], viewer: string): string[] {
  return userIds.filter((userId) => userId !== viewer).slice(0, heroesMax)
}

function earliest(state: RoomState, userIds: readonly string[], count: number): string[] {
  const position = (userId: string) => state.event('m.room.member', userId)?.position ?? 0
  return userIds
    .map((userId) => [userId, position(userId)] as const)
    .sort(([, a], [, b]) => a - b)
    .slice(0, count)
    .map(([userId]) => userId)
}
