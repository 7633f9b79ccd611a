import Type, { type Static } from 'typebox'
import type { JsonObject } from '../json.ts'

const entriesMax = 1000
const userIds = Type.Array(Type.String({ pattern: '^@', maxLength: 1000 }), { maxItems: entriesMax })
const roomIds = Type.Array(Type.String({ pattern: '^!', maxLength: 1000 }), { maxItems: entriesMax })
const types = Type.Array(Type.String({ maxLength: 1000 }), { maxItems: entriesMax })

const eventFilterMembers = {
  limit: Type.Optional(Type.Integer({ minimum: 1 })),
  types: Type.Optional(types),
  not_types: Type.Optional(types),
  senders: Type.Optional(userIds),
  not_senders: Type.Optional(userIds),
}

/** https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3useruseridfilter_request_eventfilter */
export const EventFilter = Type.Object(eventFilterMembers)
export type EventFilter = Static<typeof EventFilter>

/** https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3useruseridfilter_request_roomeventfilter */
export const RoomEventFilter = Type.Object({
  ...eventFilterMembers,
  unread_thread_notifications: Type.Optional(Type.Boolean()),
  lazy_load_members: Type.Optional(Type.Boolean()),
  include_redundant_members: Type.Optional(Type.Boolean()),
  rooms: Type.Optional(roomIds),
  not_rooms: Type.Optional(roomIds),
  contains_url: Type.Optional(Type.Boolean()),
})
export type RoomEventFilter = Static<typeof RoomEventFilter>

/** What a filter looks at. Ephemeral events and account data have no sender. */
export type Filterable = { type: string; sender?: string | undefined; content: JsonObject }

/** A filter made ready for being asked often. */
export type EventMatcher = {
  /** Lets every event of every room through. */
  readonly everything: boolean
  /** Lets nothing through, so that what it filters need not be looked up. */
  readonly nothing: boolean
  /** False: no event of this room gets through. */
  room(roomId: string): boolean
  matches(event: Filterable): boolean
}

/** Compiles a filter; its `limit` and lazy-loading members are the caller's business. */
export function compileEventFilter(filter: RoomEventFilter = {}): EventMatcher {
  const { contains_url: containsUrl } = filter
  const type = choose(filter.types, filter.not_types, typeMatcher)
  const sender = choose(filter.senders, filter.not_senders, setMatcher)
  const room = choose(filter.rooms, filter.not_rooms, setMatcher)
  const parts = [type, sender, room]
  return {
    everything: parts.every((part) => part === undefined) && containsUrl === undefined,
    nothing: [filter.types, filter.senders, filter.rooms].some((list) => list?.length === 0),
    room: (roomId) => room?.(roomId) ?? true,
    matches: (event) =>
      (type?.(event.type) ?? true) &&
      (sender?.(event.sender) ?? true) &&
      (containsUrl === undefined || Object.hasOwn(event.content, 'url') === containsUrl),
  }
}

type Predicate = (value: string | undefined) => boolean

/** Undefined when the two lists let everything through. What is excluded stays out even when it is included too. */
function choose(
  included: readonly string[] | undefined,
  excluded: readonly string[] | undefined,
  matcher: (list: readonly string[]) => Predicate,
): Predicate | undefined {
  const isExcluded = excluded && excluded.length > 0 ? matcher(excluded) : undefined
  const isIncluded = included ? matcher(included) : undefined
  if (!isExcluded) return isIncluded
  return (value) => (isIncluded?.(value) ?? true) && !isExcluded(value)
}

function setMatcher(list: readonly string[]): Predicate {
  const set = new Set(list)
  return (value) => value !== undefined && set.has(value)
}

/** Event types, where `*` stands for any sequence of characters. */
function typeMatcher(list: readonly string[]): Predicate {
  const exact = setMatcher(list)
  const patterns = list.filter((type) => type.includes('*')).map((type) => type.split('*'))
  return (value) =>
    exact(value) || patterns.some((parts) => value !== undefined && matchesParts(value, parts))
}

/** True when `value` is the parts in order with anything between them. Linear, whatever the pattern. */
function matchesParts(value: string, parts: readonly string[]): boolean {
  const first = parts[0] ?? ''
  const last = parts.at(-1) ?? ''
  if (value.length < first.length + last.length || !value.startsWith(first) || !value.endsWith(last))
    return false
  const end = value.length - last.length
  let at = first.length
  for (const part of parts.slice(1, -1)) {
    const found = value.indexOf(part, at)
    if (found < 0 || found + part.length > end) return false
    at = found + part.length
  }
  return true
}
