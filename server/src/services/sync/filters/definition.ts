import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import {
  compileEventFilter,
  EventFilter,
  type EventMatcher,
  RoomEventFilter,
} from '../../../platform/filters/event-filter.ts'
import { type FieldPath, parseFieldPath } from './event-fields.ts'

/** https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3useruseridfilter_request_filter */
export const FilterDefinition = Type.Object({
  event_fields: Type.Optional(Type.Array(Type.String({ maxLength: 1000 }), { maxItems: 200 })),
  event_format: Type.Optional(Type.Union([Type.Literal('client'), Type.Literal('federation')])),
  presence: Type.Optional(EventFilter),
  account_data: Type.Optional(EventFilter),
  room: Type.Optional(
    Type.Object({
      rooms: RoomEventFilter.properties.rooms,
      not_rooms: RoomEventFilter.properties.not_rooms,
      include_leave: Type.Optional(Type.Boolean()),
      ephemeral: Type.Optional(RoomEventFilter),
      state: Type.Optional(RoomEventFilter),
      timeline: Type.Optional(RoomEventFilter),
      account_data: Type.Optional(RoomEventFilter),
    }),
  ),
})
export type FilterDefinition = Static<typeof FilterDefinition>

const validator = Compile(FilterDefinition)

/** What is wrong with a definition, in words; undefined when nothing is. */
export function problemOf(definition: unknown): string | undefined {
  if (validator.Check(definition)) return undefined
  const [problem] = validator.Errors(definition)
  const where = (problem?.instancePath ?? '').replace(/^\//, '').replaceAll('/', '.')
  return [where, problem?.message ?? 'is not a filter'].filter(Boolean).join(': ')
}

/** A definition made ready for use; shared by everybody who uses the same one. */
export type Filter = {
  /** Whether anything at all about this room may be shown. */
  room(roomId: string): boolean
  timeline: EventMatcher
  state: EventMatcher
  ephemeral: EventMatcher
  roomAccountData: EventMatcher
  accountData: EventMatcher
  presence: EventMatcher
  includeLeave: boolean
  /** Events per room; the server's own maximum still applies. */
  timelineLimit: number | undefined
  lazyLoadMembers: boolean
  includeRedundantMembers: boolean
  unreadThreads: boolean
  eventFormat: 'client' | 'federation'
  /** Undefined: all fields. */
  eventFields: readonly FieldPath[] | undefined
}

/**
 * `limit` counts for timelines only: the other parts cannot be asked for again, so cutting them would lose
 * what was cut.
 */
export function compileFilter(definition: FilterDefinition): Filter {
  const { room = {} } = definition
  return {
    room: compileEventFilter({
      ...(room.rooms ? { rooms: room.rooms } : {}),
      ...(room.not_rooms ? { not_rooms: room.not_rooms } : {}),
    }).room,
    timeline: compileEventFilter(room.timeline),
    state: compileEventFilter(room.state),
    ephemeral: compileEventFilter(room.ephemeral),
    roomAccountData: compileEventFilter(room.account_data),
    accountData: compileEventFilter(definition.account_data),
    presence: compileEventFilter(definition.presence),
    includeLeave: room.include_leave ?? false,
    timelineLimit: room.timeline?.limit,
    lazyLoadMembers: room.state?.lazy_load_members ?? false,
    includeRedundantMembers: room.state?.include_redundant_members ?? false,
    unreadThreads: room.timeline?.unread_thread_notifications ?? false,
    eventFormat: definition.event_format ?? 'client',
    eventFields: definition.event_fields?.map(parseFieldPath),
  }
}
