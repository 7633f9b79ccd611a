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

/** An event that has its id, and the text that its signature is to cover. */
export type HashedEvent = {
  eventId: string
  roomId: string
  hashes: Pdu['hashes']
  /** The canonical JSON of all but hashes and signatures. */
  hashedText: string
  signedText: string
  /** What the PDU will measure in canonical JSON, signature included. */
  sizeBytes: number
}

/**
 * Gives an event that has its place its content hash and its id. Neither depends on the signature, so a caller with many
 * events can have them signed elsewhere while it builds those that follow. Throws as `buildEvent` does.
 */
export function hashEvent(version: RoomVersion, unsigned: UnsignedPdu, signer: EventSigner): HashedEvent {
  const hashedText = contentHashInput(version, unsigned)
  const hashes = { sha256: sha256(hashedText) }
  const sizeBytes = Buffer.byteLength(hashedText) + sizeOfSeal(signer)
  checkEventSize(sizeBytes)

  // Redaction drops what is not essential, so one text serves both the signature and the event id.
  const signedText = essence(version, redactJson(version, { ...unsigned, hashes }))
  const eventId = eventIdFromEssence(version, signedText)
  const roomId = unsigned.room_id ?? roomIdFromCreateEventId(eventId)
  return { eventId, roomId, hashes, hashedText, signedText, sizeBytes }
}

/** Hashes and signs an event that has its place. Throws as `buildEvent` does. */
export function signEvent(version: RoomVersion, unsigned: UnsignedPdu, signer: EventSigner): BuiltEvent {
  const { eventId, roomId, hashes, signedText, sizeBytes } = hashEvent(version, unsigned, signer)
  const signatures = { [signer.serverName]: { [signer.key.id]: signText(signedText, signer.key) } }
  return { eventId, roomId, pdu: { ...unsigned, hashes, signatures }, sizeBytes }
}

/** The PDU as JSON text once its signature is known: the text that was hashed, with the two missing members. */
export function sealedText(event: HashedEvent, signature: string, signer: EventSigner): string {
  const signatures = { [signer.serverName]: { [signer.key.id]: signature } }
  const seal = JSON.stringify({ hashes: event.hashes, signatures })
  return `${seal.slice(0, -1)},${event.hashedText.slice(1)}`
}

/**
 * The bytes that `hashes` and `signatures` add to the text that was hashed: a SHA-256 is 43 characters long, a
 * signature 86, and neither server names nor key ids need escaping.
 */
function sizeOfSeal(signer: EventSigner): number {
  const emptySeal = `"hashes":{"sha256":""},"signatures":{"${signer.serverName}":{"${signer.key.id}":""}},`
  return emptySeal.length + 43 + 86
}
