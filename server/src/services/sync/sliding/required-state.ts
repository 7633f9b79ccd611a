import { createHash } from 'node:crypto'
import type { RoomState, TimelineEvent } from '../../rooms/api.ts'

/** State events by type and key; what is left out matches everything. */
export type StatePattern = { type?: string; stateKey?: string }

/** https://github.com/matrix-org/matrix-spec-proposals/blob/main/proposals/4186-simplified-sliding-sync.md#requiredstaterequest */
export type StateRequest = {
  include: readonly StatePattern[]
  exclude: readonly StatePattern[]
  lazyMembers: boolean
}

/** The state that a client follows in a room: whatever one of the requests that apply to the room asks for. */
export type RequiredState = {
  /** Equal for equal requests. */
  id: string
  requests: readonly StateRequest[]
  /** Members come when they are needed to show what the timeline has. */
  lazyMembers: boolean
  matches(event: TimelineEvent): boolean
  /** The current state events that match. */
  of(state: RoomState): TimelineEvent[]
}

const memberType = 'm.room.member'

export function requiredState(requests: readonly StateRequest[]): RequiredState {
  const unique = [...new Map(requests.map((request) => [JSON.stringify(request), request])).entries()].sort(
    ([a], [b]) => (a < b ? -1 : 1),
  )
  const kept = unique.map(([, request]) => request)
  const matches = (event: TimelineEvent) => kept.some((request) => isAskedFor(request, event))
  const takesAllMembers = kept.some(
    ({ include, lazyMembers }) =>
      !lazyMembers && include.some(({ type, stateKey }) => isMember(type) && stateKey === undefined),
  )
  return {
    id: createHash('sha256')
      .update(unique.map(([text]) => text).join())
      .digest('base64url')
      .slice(0, 16),
    requests: kept,
    lazyMembers: !takesAllMembers && kept.some(({ lazyMembers }) => lazyMembers),
    matches,
    of: (state) => [...candidates(kept, state)].filter(matches),
  }
}

function isAskedFor({ include, exclude, lazyMembers }: StateRequest, event: TimelineEvent): boolean {
  // Lazily loaded members come only by name, or with the timeline.
  const byName = lazyMembers && event.type === memberType
  return (
    include.some((pattern) => (!byName || pattern.stateKey !== undefined) && fits(pattern, event)) &&
    !exclude.some((pattern) => fits(pattern, event))
  )
}

function fits({ type, stateKey }: StatePattern, event: TimelineEvent): boolean {
  return (
    (type === undefined || type === event.type) && (stateKey === undefined || stateKey === event.stateKey)
  )
}

function isMember(type: string | undefined): boolean {
  return type === undefined || type === memberType
}

/** A large room's state is walked through only when a pattern is open. */
function candidates(requests: readonly StateRequest[], state: RoomState): Iterable<TimelineEvent> {
  const found = new Set<TimelineEvent>()
  for (const { include } of requests) {
    for (const { type, stateKey } of include) {
      if (type === undefined || stateKey === undefined) return state.events()
      const event = state.event(type, stateKey)
      if (event) found.add(event)
    }
  }
  return found
}
