import Type, { type Static } from 'typebox'
import type { SyncSettings } from '../config.ts'
import { refuse } from '../refusals.ts'
import type { StatePattern, StateRequest } from './required-state.ts'

/**
 * The form that today's clients send, and the one that the proposal ended with; each is told by its members.
 * https://github.com/matrix-org/matrix-spec-proposals/blob/main/proposals/4186-simplified-sliding-sync.md#request-body
 */
const Count = Type.Integer({ minimum: 0 })
const Range = Type.Tuple([Count, Count])
const Element = Type.Object({
  type: Type.Optional(Type.String()),
  state_key: Type.Optional(Type.String()),
})
const RequiredStateBody = Type.Union([
  Type.Array(Type.Tuple([Type.String(), Type.String()])),
  Type.Object({
    include: Type.Optional(Type.Array(Element)),
    exclude: Type.Optional(Type.Array(Element)),
    lazy_members: Type.Optional(Type.Boolean()),
  }),
])
const orNull = <T extends Parameters<typeof Type.Optional>[0]>(type: T) =>
  Type.Optional(Type.Union([type, Type.Null()]))
const Names = Type.Array(Type.String())
const FiltersBody = Type.Object({
  is_dm: orNull(Type.Boolean()),
  spaces: orNull(Names),
  is_encrypted: orNull(Type.Boolean()),
  is_invite: orNull(Type.Boolean()),
  is_invited: orNull(Type.Boolean()),
  room_types: orNull(Type.Array(Type.Union([Type.String(), Type.Null()]))),
  not_room_types: orNull(Type.Array(Type.Union([Type.String(), Type.Null()]))),
  tags: orNull(Names),
  not_tags: orNull(Names),
})
const RoomBody = Type.Object({
  timeline_limit: Type.Optional(Count),
  required_state: Type.Optional(RequiredStateBody),
})
const ListBody = Type.Object({
  ...RoomBody.properties,
  range: Type.Optional(Range),
  ranges: Type.Optional(Type.Array(Range)),
  filters: orNull(FiltersBody),
})
const ExtensionBody = Type.Object({
  enabled: Type.Optional(Type.Boolean()),
  lists: orNull(Names),
  rooms: orNull(Names),
})
const ToDeviceBody = Type.Object({
  enabled: Type.Optional(Type.Boolean()),
  since: orNull(Type.String()),
  limit: Type.Optional(Count),
})

export const SlidingSyncBody = Type.Object({
  conn_id: Type.Optional(Type.String({ maxLength: 255 })),
  pos: Type.Optional(Type.String()),
  timeout: Type.Optional(Count),
  set_presence: Type.Optional(
    Type.Union([Type.Literal('offline'), Type.Literal('online'), Type.Literal('unavailable')]),
  ),
  lists: Type.Optional(Type.Record(Type.String(), ListBody)),
  room_subscriptions: Type.Optional(Type.Record(Type.String(), RoomBody)),
  extensions: Type.Optional(
    Type.Object({
      to_device: Type.Optional(ToDeviceBody),
      e2ee: Type.Optional(ExtensionBody),
      account_data: Type.Optional(ExtensionBody),
      receipts: Type.Optional(ExtensionBody),
      typing: Type.Optional(ExtensionBody),
    }),
  ),
})
export type SlidingSyncBody = Static<typeof SlidingSyncBody>

/** What to tell of a room. */
export type RoomConfig = { timelineLimit: number; state: StateRequest }

export type RoomFilters = Static<typeof FiltersBody>
export type RoomList = {
  name: string
  /** Undefined: all of the list. */
  ranges: readonly (readonly [number, number])[] | undefined
  filters: RoomFilters
  config: RoomConfig
}
/** Which rooms an extension is about, of those that the lists and subscriptions choose. */
export type Scope = { lists: readonly string[]; rooms: readonly string[] }

export type Wanted = {
  lists: readonly RoomList[]
  subscriptions: ReadonlyMap<string, RoomConfig>
  toDevice: { since: string | undefined; limit: number } | undefined
  e2ee: boolean
  accountData: Scope | undefined
  receipts: Scope | undefined
  typing: Scope | undefined
}

type Limits = Pick<
  SyncSettings,
  | 'timelineLimit'
  | 'timelineLimitMax'
  | 'toDeviceLimit'
  | 'slidingListsMax'
  | 'slidingSubscriptionsMax'
  | 'slidingRangesMax'
  | 'slidingStateMax'
  | 'slidingFilterMax'
>

const listName = /^[\w.~-]{1,255}$/

/** What a request asks for; refuses one that is too large. `viewer` is who `$ME` means. */
export function wantedBy(body: SlidingSyncBody, viewer: string, limits: Limits): Wanted {
  const lists = Object.entries(body.lists ?? {})
  const subscriptions = Object.entries(body.room_subscriptions ?? {})
  within('lists', lists.length, limits.slidingListsMax)
  within('room_subscriptions', subscriptions.length, limits.slidingSubscriptionsMax)
  const { to_device: toDevice, e2ee, account_data: accountData, receipts, typing } = body.extensions ?? {}
  return {
    lists: lists.map(([name, list]) => listOf(name, list, viewer, limits)),
    subscriptions: new Map(
      subscriptions.map(([roomId, room]) => [
        roomId,
        configOf(`room_subscriptions.${roomId}`, room, viewer, limits),
      ]),
    ),
    toDevice: toDevice?.enabled
      ? {
          since: toDevice.since ?? undefined,
          limit: Math.max(1, Math.min(toDevice.limit ?? limits.toDeviceLimit, limits.toDeviceLimit)),
        }
      : undefined,
    e2ee: e2ee?.enabled ?? false,
    accountData: scopeOf('account_data', accountData, limits),
    receipts: scopeOf('receipts', receipts, limits),
    typing: scopeOf('typing', typing, limits),
  }
}

function within(what: string, count: number, max: number): void {
  if (count > max)
    throw refuse('sync.sliding_too_large', `${what} may have at most ${max} entries; these are ${count}.`)
}

function listOf(name: string, list: Static<typeof ListBody>, viewer: string, limits: Limits): RoomList {
  if (!listName.test(name))
    throw refuse(
      'sync.sliding_invalid',
      'The name of a list consists of 1 to 255 letters, digits and . _ ~ -',
    )
  const ranges = list.range ? [list.range] : list.ranges
  within(`lists.${name}.ranges`, ranges?.length ?? 0, limits.slidingRangesMax)
  for (const [from, to] of ranges ?? []) {
    if (from > to)
      throw refuse('sync.sliding_invalid', `lists.${name}: the range [${from}, ${to}] ends before it begins.`)
  }
  const filters = list.filters ?? {}
  for (const [key, value] of Object.entries(filters))
    if (Array.isArray(value)) within(`lists.${name}.filters.${key}`, value.length, limits.slidingFilterMax)
  return { name, ranges, filters, config: configOf(`lists.${name}`, list, viewer, limits) }
}

function configOf(where: string, room: Static<typeof RoomBody>, viewer: string, limits: Limits): RoomConfig {
  return {
    timelineLimit: Math.min(room.timeline_limit ?? limits.timelineLimit, limits.timelineLimitMax),
    state: stateOf(`${where}.required_state`, room.required_state ?? [], viewer, limits),
  }
}

function stateOf(
  where: string,
  asked: Static<typeof RequiredStateBody>,
  viewer: string,
  limits: Limits,
): StateRequest {
  if (Array.isArray(asked)) {
    within(where, asked.length, limits.slidingStateMax)
    const isLazy = ([type, key]: readonly [string, string]) => type === 'm.room.member' && key === '$LAZY'
    return {
      include: asked.filter((pair) => !isLazy(pair)).map(([type, key]) => patternOf(type, key, viewer)),
      exclude: [],
      lazyMembers: asked.some(isLazy),
    }
  }
  const { include = [], exclude = [], lazy_members: lazyMembers = false } = asked
  within(`${where}.include`, include.length, limits.slidingStateMax)
  within(`${where}.exclude`, exclude.length, limits.slidingStateMax)
  return { include: include.map(elementOf), exclude: exclude.map(elementOf), lazyMembers }
}

function patternOf(type: string, key: string, viewer: string): StatePattern {
  const stateKey = key === '$ME' ? viewer : key
  return { ...(type === '*' ? {} : { type }), ...(key === '*' ? {} : { stateKey }) }
}

function elementOf({ type, state_key: stateKey }: Static<typeof Element>): StatePattern {
  return { ...(type === undefined ? {} : { type }), ...(stateKey === undefined ? {} : { stateKey }) }
}

function scopeOf(
  name: string,
  asked: Static<typeof ExtensionBody> | undefined,
  limits: Limits,
): Scope | undefined {
  if (!asked?.enabled) return undefined
  const { lists, rooms } = asked
  within(`extensions.${name}.lists`, lists?.length ?? 0, limits.slidingListsMax)
  within(`extensions.${name}.rooms`, rooms?.length ?? 0, limits.slidingSubscriptionsMax)
  return { lists: lists ?? ['*'], rooms: rooms ?? ['*'] }
}
