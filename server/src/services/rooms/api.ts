import type { JsonObject, JsonValue } from '../../platform/json.ts'
import type { Position } from '../../platform/stream/stream.ts'

export type Membership = 'invite' | 'join' | 'knock' | 'leave' | 'ban'

/** A stored event, in the order of its room: within a room positions rise in the order of acknowledgement. */
export type TimelineEvent = {
  roomId: string
  position: Position
  eventId: string
  type: string
  /** Present on state events only. */
  stateKey: string | undefined
  sender: string
  originServerTs: number
  /** As it is now: of a redacted event, only what redaction leaves. */
  content: JsonObject
  /** Event id of the state event this one replaced. */
  replacesState: string | undefined
  /** The event redacted by this one, whatever the room version's place for it. */
  redacts: string | undefined
  /** Event id of the redaction that has hit this event. */
  redactedBy: string | undefined
  /** Who sent it with which transaction id: shown back to the same session only. */
  transaction: { sessionId: string; txnId: string } | undefined
  relation: { type: string; parentId: string; key: string | undefined } | undefined
  /** The root of the thread that the event belongs to, directly or through what it relates to; undefined is the main timeline. */
  threadRoot: string | undefined
}

export type MembershipEntry = {
  roomId: string
  membership: Membership
  eventId: string
  /** Of the membership event. */
  position: Position
  sender: string
  /** The person has forgotten the room: it is not listed, and its history is closed to them. */
  forgotten: boolean
}

/** The current state of a room; kept in memory, never changed under a reader's hands. */
export type RoomState = {
  roomId: string
  version: string
  /** Position of the last state event taken in. */
  position: Position
  event(type: string, stateKey: string): TimelineEvent | undefined
  /** All state events, in no particular order. */
  events(): Iterable<TimelineEvent>
  membership(userId: string): Membership | undefined
  /** User ids with this membership. */
  members(membership: Membership): ReadonlySet<string>
}

export type Slice = {
  /** In the order asked for. */
  events: TimelineEvent[]
  /** More events lie beyond the slice. */
  limited: boolean
}

/** Who is looking: decides on `unsigned.transaction_id` and `unsigned.membership`. */
export type Viewer = { userId: string; sessionId: string | undefined }

/** A room event as clients get it. `room_id` is left out inside /sync. */
export type ClientEvent = JsonObject

export type EventDraft = {
  type: string
  stateKey?: string
  content: JsonObject
  /** The event to redact, for m.room.redaction. */
  redacts?: string
  /** Given by application services only. */
  originServerTs?: number
}

export type AppendRequest = {
  roomId: string
  sender: string
  /** Written together or not at all, each authorised on the state the one before leaves. */
  drafts: readonly EventDraft[]
  /** With it, the same request sent again gives the event ids of the first time. One draft only. */
  transaction?: { sessionId: string; txnId: string; scope: string }
}

/** What lists of rooms are ordered and filtered by. */
export type RoomDigest = {
  roomId: string
  /** Of the newest event. */
  lastPosition: Position
  /** Of the newest event that people notice, such as a message. */
  bumpPosition: Position
  /** From the create event; undefined for an ordinary room. */
  roomType: string | undefined
  /** Since when the room is encrypted. */
  encryptedAt: Position | undefined
}

/** What the application services that are connected to this server mean to rooms. A service is named by its id. */
export type AliasClaims = {
  /** A service, other than `by`, has this alias for itself alone. */
  aliasIsTaken(alias: string, by?: string): boolean
  /** Whether the service may manage the alias. */
  aliasMayBeOf(alias: string, by: string): boolean
  /** Asks the services that may know the alias, other than `by`, to make its room; true when one says that it has. */
  askForAlias(alias: string, by?: string): Promise<boolean>
}

export type Rooms = {
  /** Appends events to a room's timeline; resolves when they are durable. Throws the refusals of `refusals.ts`. */
  append(request: AppendRequest): Promise<{ eventIds: string[]; position: Position }>

  /**
   * Every room the person has a membership in, by room id, as this node's stream position has it (forgotten ones
   * included). Kept in memory while in use; treat it as read-only.
   */
  membershipsOf(userId: string): Promise<ReadonlyMap<string, MembershipEntry>>
  /** The person's membership events in `(after, upTo]`, oldest first: what makes rooms move between sync's sections. */
  membershipChanges(userId: string, after: Position, upTo: Position): Promise<TimelineEvent[]>
  /** Current membership, straight from the writer's truth. */
  membership(roomId: string, userId: string): Promise<Membership | undefined>
  /** Refuses with `rooms.forbidden` unless the person is joined. */
  requireJoined(roomId: string, userId: string): Promise<void>
  /** People (local to this server) who share a joined room with the person. */
  peopleSharingRooms(userId: string): Promise<ReadonlySet<string>>

  /** Aliases by room, the oldest first; of those rooms that have any. */
  aliasesOf(roomIds: readonly string[]): Promise<ReadonlyMap<string, string[]>>

  /** Undefined when there is no such room. */
  state(roomId: string): Promise<RoomState | undefined>
  /** The state just after `position`; `keys` narrows it to types (and state keys). One query. */
  stateAt(
    roomId: string,
    position: Position,
    keys?: { type: string; stateKey?: string }[],
  ): Promise<TimelineEvent[]>
  /** For each (type, state key) that changed in `(after, upTo]`, its last event in that range. */
  stateChanges(roomId: string, after: Position, upTo: Position): Promise<TimelineEvent[]>

  /**
   * The newest `limit` events of each room in `(after, upTo]`, in chronological order; from memory when the recent past
   * of this node covers the range, else one query for all rooms. `after` undefined: from the room's beginning.
   */
  latestEvents(
    roomIds: readonly string[],
    range: { after: Position | undefined; upTo: Position; limit: number },
  ): Promise<Map<string, Slice>>
  /** One for each of `roomIds` that exists; may be a moment ahead of this node's position. From memory while in use, else one query for all. */
  digests(roomIds: readonly string[]): Promise<Map<string, RoomDigest>>
  /** Those of `roomIds` with an event in `(after, upTo]`. */
  roomsWithEvents(roomIds: readonly string[], after: Position, upTo: Position): Promise<Set<string>>
  /** Events in `(after, upTo]` of a room, oldest first, at most `limit`: for walking on from a checkpoint. */
  eventsAfter(roomId: string, range: { after: Position; upTo: Position; limit: number }): Promise<Slice>
  /** Events of all rooms in `(after, upTo]`, in the order of the stream, at most `limit`; straight from the database. */
  eventsInStream(range: { after: Position; upTo: Position; limit: number }): Promise<TimelineEvent[]>
  event(roomId: string, eventId: string): Promise<TimelineEvent | undefined>
  events(roomId: string, eventIds: readonly string[]): Promise<TimelineEvent[]>

  /**
   * Keeps those of a room's events that the person may see under history visibility. What somebody sent who has been erased
   * since is without content for those who came later.
   * https://spec.matrix.org/v1.19/client-server-api/#server-behaviour-6
   */
  visibleTo(userId: string, roomId: string, events: readonly TimelineEvent[]): Promise<TimelineEvent[]>
  /** Those of the events, of any number of rooms, that exist and that the person may see as `visibleTo` says; in the order asked for. */
  visibleEvents(
    userId: string,
    asked: readonly { roomId: string; eventId: string }[],
  ): Promise<readonly TimelineEvent[]>

  /** Events as JSON for clients, with `unsigned` (age, prev_content, redacted_because, bundled aggregations, membership). */
  present(
    events: readonly TimelineEvent[],
    viewer: Viewer,
    options?: { withRoomId?: boolean; bundle?: boolean },
  ): Promise<ClientEvent[]>
  /**
   * As `present`, each event as JSON text, to be joined into an answer as it is: what all viewers share is turned into text
   * once per event and kept, so that showing one event to many people is cheap.
   */
  presentJson(
    events: readonly TimelineEvent[],
    viewer: Viewer,
    options?: { withRoomId?: boolean; bundle?: boolean },
  ): Promise<string[]>
  /**
   * Events as servers exchange them, one for each that exists, in the order asked for.
   * https://spec.matrix.org/v1.19/server-server-api/#pdus
   */
  pdus(events: readonly TimelineEvent[]): Promise<JsonObject[]>
  /** Stripped state for an invited or knocking person. https://spec.matrix.org/v1.19/client-server-api/#stripped-state */
  strippedState(roomId: string, position: Position): Promise<JsonValue[]>

  /** Calls `listener` with the events that this node has just taken in, in order: typing stops, caches drop. */
  onEvents(listener: (events: readonly TimelineEvent[]) => void): void
}

/** Jobs that rooms enqueues in the transaction of the change; other services handle them. */
export type RoomsJobs = {
  /** Messages that were older than their room keeps them are gone; nothing of them is to be kept elsewhere. */
  'rooms.messages_removed': { roomId: string; positions: number[] }
}
