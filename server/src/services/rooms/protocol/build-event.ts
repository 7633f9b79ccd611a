import assert from 'node:assert/strict'
import type { JsonObject } from '../../../platform/json.ts'
import { type SigningKey, signText } from '../../../platform/signed-json/signing.ts'
import { checkEventSize, checkFieldSizes, maxAuthEvents, maxDepth, maxPrevEvents } from './event-format.ts'
import {
  contentHashInput,
  essence,
  eventIdFromEssence,
  roomIdFromCreateEventId,
  sha256,
} from './hash-event.ts'
import type { Pdu, RoomEvent, UnsignedPdu } from './pdu.ts'
import { redactJson } from './redact-event.ts'
import type { RoomVersion } from './room-versions.ts'

/** What somebody wants to say in a room, before it has a place there. */
export type EventDraft = {
  type: string
  sender: string
  content: JsonObject
  /** Left out for the create event of a version that makes the room id from it. */
  roomId?: string
  /** Given exactly for state events. */
  stateKey?: string
  /** The event to redact; goes where the version wants it. */
  redacts?: string
}

export type EventPlace = {
  prevEvents: readonly string[]
  authEvents: readonly string[]
  depth: number
  originServerTs: number
}

export type EventSigner = { serverName: string; key: SigningKey }

/** A built event and what its PDU measures in canonical JSON. */
export type BuiltEvent = RoomEvent & { sizeBytes: number }

/**
 * Gives an event its place in the room, its content hash, this server's signature and its id.
 *
 * Throws EventFormatError if it is too large, and CanonicalJsonError if its content has no canonical form (in
 * versions that insist on one). Authorising it is a separate step, which needs neither hash nor signature: see
 * `placeEvent`.
 *
 * https://spec.matrix.org/v1.19/server-server-api/#adding-hashes-and-signatures-to-outgoing-events
 */
export function buildEvent(
  version: RoomVersion,
  draft: EventDraft,
  place: EventPlace,
  signer: EventSigner,
): BuiltEvent {
  return signEvent(version, placeEvent(version, draft, place), signer)
}

/** The event with its place in the room, ready to be authorised. Throws EventFormatError for fields too long. */
export function placeEvent(version: RoomVersion, draft: EventDraft, place: EventPlace): UnsignedPdu {
  const foundsRoom = version.roomIdFromCreateEvent && draft.type === 'm.room.create'
  assert(foundsRoom === (draft.roomId === undefined), 'only an event that founds its room has no room id yet')
  assert(place.prevEvents.length <= maxPrevEvents, 'an event follows at most 20 others')
  assert(place.authEvents.length <= maxAuthEvents, 'an event cites at most 10 others')

  const { redacts } = draft
  const inContent = redacts !== undefined && version.redactsInContent
  const pdu: UnsignedPdu = {
    auth_events: [...place.authEvents],
    content: inContent ? { ...draft.content, redacts } : draft.content,
    depth: Math.min(place.depth, maxDepth),
    origin_server_ts: place.originServerTs,
    prev_events: [...place.prevEvents],
    ...(redacts !== undefined && !inContent && { redacts }),
    ...(draft.roomId !== undefined && { room_id: draft.roomId }),
    sender: draft.sender,
    ...(draft.stateKey !== undefined && { state_key: draft.stateKey }),
    type: draft.type,
  }
  checkFieldSizes(pdu)
  return pdu
}

/** Hashes and signs an event that has its place. Throws as `buildEvent` does. */
export function signEvent(version: RoomVersion, unsigned: UnsignedPdu, signer: EventSigner): BuiltEvent {
  const hashed = contentHashInput(version, unsigned)
  const hashes = { sha256: sha256(hashed) }

  // Redaction drops what is not essential, so one text serves both the signature and the event id.
  const signed = essence(version, redactJson(version, { ...unsigned, hashes }))
  const signatures = { [signer.serverName]: { [signer.key.id]: signText(signed, signer.key) } }
  const sizeBytes = Buffer.byteLength(hashed) + sizeOfSeal(signer)
  checkEventSize(sizeBytes)

  const eventId = eventIdFromEssence(version, signed)
  const pdu: Pdu = { ...unsigned, hashes, signatures }
  const roomId = pdu.room_id ?? roomIdFromCreateEventId(eventId)
  return { eventId, roomId, pdu, sizeBytes }
}

/**
 * The bytes that `hashes` and `signatures` add to the text that was hashed: a SHA-256 is 43 characters long, a
 * signature 86, and neither server names nor key ids need escaping.
 */
function sizeOfSeal(signer: EventSigner): number {
  const emptySeal = `"hashes":{"sha256":""},"signatures":{"${signer.serverName}":{"${signer.key.id}":""}},`
  return emptySeal.length + 43 + 86
}
