import type { JsonObject } from '../../../platform/json.ts'
import type { Signatures } from '../../../platform/signed-json/signing.ts'

/**
 * An event as servers exchange it: hashed, signed, without its id, which follows from the rest. It may hold
 * further keys that are not listed here; they are covered by the content hash and must be kept.
 *
 * https://spec.matrix.org/v1.19/rooms/v12/#event-format
 */
export type Pdu = {
  type: string
  /** Absent only from create events of versions whose room id is made from that very event. */
  room_id?: string
  sender: string
  /** Present exactly for state events. */
  state_key?: string
  content: JsonObject
  origin_server_ts: number
  depth: number
  prev_events: string[]
  auth_events: string[]
  /** The event a redaction is about, in versions that do not keep it in `content`. */
  redacts?: string
  hashes: { sha256: string }
  signatures: Signatures
  unsigned?: JsonObject
}

/** An event with its place in the room, before it is hashed and signed. */
export type UnsignedPdu = Omit<Pdu, 'hashes' | 'signatures'>

/** An event together with the two ids that are not, or not always, written in it. */
export type RoomEvent = { eventId: string; roomId: string; pdu: Pdu }

/** What the authorisation rules read of an event of the room's state. Every Pdu is one. */
export type StateEvent = Pick<Pdu, 'sender' | 'content'>

/** The state of a room before an event: the event now holding this type and state key. */
export type StateLookup = (type: string, stateKey: string) => StateEvent | undefined
