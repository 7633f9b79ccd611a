import { hash } from 'node:crypto'
import type { JsonObject } from '../../../platform/json.ts'
import {
  canonicalJsonWithout,
  lenientCanonicalJsonWithout,
} from '../../../platform/signed-json/canonical-json.ts'
import { unsignedKeys } from '../../../platform/signed-json/signing.ts'
import { redactJson } from './redact-event.ts'
import type { RoomVersion } from './room-versions.ts'

/**
 * The SHA-256 of the whole event but its hashes, signatures and unsigned data, in unpadded Base64: what
 * `hashes.sha256` must be for the content to be genuine. Throws CanonicalJsonError where the version is strict.
 *
 * https://spec.matrix.org/v1.19/server-server-api/#calculating-the-content-hash-for-an-event
 */
export function contentHash(version: RoomVersion, event: JsonObject): string {
  return sha256(contentHashInput(version, event))
}

/**
 * The id of a complete event, made from its reference hash.
 *
 * https://spec.matrix.org/v1.19/server-server-api/#calculating-the-reference-hash-for-an-event
 */
export function eventIdOf(version: RoomVersion, event: JsonObject): string {
  return eventIdFromEssence(version, essence(version, redactJson(version, event)))
}

/** The id of the room a create event founds, in versions that derive the one from the other. */
export function roomIdFromCreateEventId(createEventId: string): string {
  return `!${createEventId.slice(1)}`
}

/** The text whose hash is the content hash. */
export function contentHashInput(version: RoomVersion, event: JsonObject): string {
  return canonicalWithout(version, event, keysOutsideContentHash)
}

/** The text that both the reference hash and the signatures of a redacted event cover. */
export function essence(version: RoomVersion, redacted: JsonObject): string {
  return canonicalWithout(version, redacted, unsignedKeys)
}

/** The event id when the essence is already at hand. */
export function eventIdFromEssence(version: RoomVersion, text: string): string {
  const id = version.eventIds === 'base64' ? sha256(text) : hash('sha256', text, 'base64url')
  return `$${id}`
}

/** SHA-256 in unpadded Base64; 32 bytes always end in one padding character. */
export function sha256(text: string): string {
  return hash('sha256', text, 'base64').slice(0, 43)
}

const keysOutsideContentHash: readonly string[] = ['hashes', ...unsignedKeys]

function canonicalWithout(version: RoomVersion, event: JsonObject, omitted: readonly string[]): string {
  return version.strictCanonicalJson
    ? canonicalJsonWithout(event, omitted)
    : lenientCanonicalJsonWithout(event, omitted)
}
