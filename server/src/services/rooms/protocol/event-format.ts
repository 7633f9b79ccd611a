import { isJsonObject, type JsonObject, type JsonValue } from '../../../platform/json.ts'
import { isUserId, maxIdentifierBytes } from './identifiers.ts'
import type { Pdu } from './pdu.ts'
import type { RoomVersion } from './room-versions.ts'

/** The event breaks the format of its room version, or one of its size limits. */
export class EventFormatError extends Error {
  override name = 'EventFormatError'
  readonly fault: 'malformed' | 'too_large'

  constructor(fault: 'malformed' | 'too_large', message: string) {
    super(message)
    this.fault = fault
  }
}

/** https://spec.matrix.org/v1.19/client-server-api/#size-limits: of canonical JSON, signatures included. */
export const maxEventBytes = 65_536
export const maxStateKeyBytes = 255
export const maxTypeBytes = 255
export const maxPrevEvents = 20
export const maxAuthEvents = 10
/** The depth must stay below the largest integer; events after that many keep the same depth. */
export const maxDepth = Number.MAX_SAFE_INTEGER - 1

/** Throws EventFormatError if one of the fields with a limit of their own exceeds it. */
export function checkFieldSizes(event: Pick<Pdu, 'type' | 'state_key' | 'sender' | 'room_id'>): void {
  checkBytes('type', event.type, maxTypeBytes)
  checkBytes('state_key', event.state_key, maxStateKeyBytes)
  checkBytes('sender', event.sender, maxIdentifierBytes)
  checkBytes('room_id', event.room_id, maxIdentifierBytes)
}

/** Throws EventFormatError if an event takes more than its share of bytes. */
export function checkEventSize(sizeBytes: number): void {
  if (sizeBytes <= maxEventBytes) return
  throw new EventFormatError('too_large', `The event has ${sizeBytes} bytes; the limit is ${maxEventBytes}.`)
}

/**
 * The object as an event of this version; throws EventFormatError for anything that is not one. Its size as a
 * whole, its hashes and its signatures are not looked at.
 *
 * https://spec.matrix.org/v1.19/rooms/v12/#event-format
 */
export function parsePdu(version: RoomVersion, event: JsonObject): Pdu {
  const roomId = event['room_id']
  const foundsRoom = version.roomIdFromCreateEvent && event['type'] === 'm.room.create'
  require(typeof event['type'] === 'string', 'type must be a string')
  require(typeof event['sender'] === 'string' && isUserId(event['sender']), 'sender must be a user id')
  require(isRoomId(roomId) || (foundsRoom && roomId === undefined), 'room_id must be a room id')
  require(isOptionalString(event['state_key']), 'state_key must be a string')
  require(isOptionalString(event['redacts']), 'redacts must be a string')
  require(isJsonObject(event['content']), 'content must be an object')
  require(isInteger(version, event['origin_server_ts']), 'origin_server_ts must be an integer')
  require(isInteger(version, event['depth']) &&
    Number(event['depth']) >= 0, 'depth must be a whole number from 0')
  require(isIdList(event['prev_events'], maxPrevEvents), `prev_events must list at most ${maxPrevEvents} ids`)
  require(isIdList(event['auth_events'], maxAuthEvents), `auth_events must list at most ${maxAuthEvents} ids`)
  require(isJsonObject(event['hashes']) &&
    typeof event['hashes']['sha256'] === 'string', 'hashes must hold sha256')
  require(isSignatures(event['signatures']), 'signatures must be signatures by server and key id')
  require(isOptionalObject(event['unsigned']), 'unsigned must be an object')
  // Each key of a Pdu has just been checked.
  const pdu = event as Pdu
  checkFieldSizes(pdu)
  return pdu
}

function checkBytes(field: string, value: string | undefined, limit: number): void {
  if (value === undefined || value.length * 3 <= limit || Buffer.byteLength(value) <= limit) return
  throw new EventFormatError('too_large', `${field} has more than ${limit} bytes.`)
}

function require(condition: boolean, message: string): void {
  if (!condition) throw new EventFormatError('malformed', `${message}.`)
}

function isRoomId(value: JsonValue | undefined): boolean {
  return typeof value === 'string' && value.startsWith('!')
}

function isOptionalString(value: JsonValue | undefined): boolean {
  return value === undefined || typeof value === 'string'
}

function isOptionalObject(value: JsonValue | undefined): boolean {
  return value === undefined || isJsonObject(value)
}

function isInteger(version: RoomVersion, value: JsonValue | undefined): boolean {
  return version.strictCanonicalJson ? Number.isSafeInteger(value) : Number.isInteger(value)
}

function isIdList(value: JsonValue | undefined, limit: number): boolean {
  return Array.isArray(value) && value.length <= limit && value.every((id) => typeof id === 'string')
}

function isSignatures(value: JsonValue | undefined): boolean {
  return (
    isJsonObject(value) &&
    Object.values(value).every(
      (byKey) => isJsonObject(byKey) && Object.values(byKey).every((text) => typeof text === 'string'),
    )
  )
}
