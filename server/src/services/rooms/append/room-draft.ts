import assert from 'node:assert/strict'
import { type RoomVersion, roomVersion } from '../protocol/room-versions.ts'
import { createRoomState, keyOf, type StateSnapshot } from '../state/room-state.ts'
import type { StoredEvent } from '../timeline/stored-event.ts'

/** An event that is going to be written. Its position is 0 until the stream has given it one. */
export type NewEvent = StoredEvent & {
  /** The PDU as text, once it is signed. */
  pdu: Promise<string>
}

/** A stored event that this batch redacts. */
export type RedactedEvent = { target: StoredEvent; pdu: string; isCurrentState: boolean; by: NewEvent }

/** A room while a batch adds to it: the locked head, the state there, and what the batch has added so far. */
export type RoomDraft = {
  roomId: string
  version: RoomVersion
  /** Set when the room is founded by this batch: there is no row yet. */
  founder: string | undefined
  extremities: readonly string[]
  depth: number
  /** The state before the batch; undefined in a room that is being founded. */
  base: StateSnapshot | undefined
  /** State that the batch has set, by `keyOf`. */
  changes: ReadonlyMap<string, StoredEvent>
  events: readonly NewEvent[]
  redactions: readonly RedactedEvent[]
}

export function roomVersionOf(id: string): RoomVersion {
  const version = roomVersion(id)
  assert(version, 'rooms of this server have a version it supports')
  return version
}

/** The event that holds this place of the state now, the batch's own events included. */
export function stateIn(room: RoomDraft, type: string, stateKey: string): StoredEvent | undefined {
  return room.changes.get(keyOf(type, stateKey)) ?? room.base?.event(type, stateKey)
}

/** The room after one more event. */
export function withEvent(room: RoomDraft, event: NewEvent): RoomDraft {
  const next = {
    ...room,
    extremities: [event.eventId],
    depth: room.depth + 1,
    events: [...room.events, event],
  }
  return event.stateKey === undefined
    ? next
    : { ...next, changes: new Map(room.changes).set(keyOf(event.type, event.stateKey), event) }
}

/** The room after one of its events was redacted. */
export function withRedaction(room: RoomDraft, redaction: RedactedEvent): RoomDraft {
  const { target, isCurrentState } = redaction
  const next = { ...room, redactions: [...room.redactions, redaction] }
  return isCurrentState
    ? { ...next, changes: new Map(room.changes).set(keyOf(target.type, target.stateKey ?? ''), target) }
    : next
}

/** The room's state once the batch is written and its newest state change has this position. */
export function stateAfter(room: RoomDraft, position: number): StateSnapshot {
  const changes = [...room.changes.values()]
  if (room.base) return room.base.with(changes, position)
  return createRoomState({ roomId: room.roomId, version: room.version.id, position }, changes)
}
