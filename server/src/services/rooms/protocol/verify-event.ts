import { isJsonObject, type JsonObject } from '../../../platform/json.ts'
import { CanonicalJsonError } from '../../../platform/signed-json/canonical-json.ts'
import { signatureOf, verifyText } from '../../../platform/signed-json/signing.ts'
import { contentHash, essence } from './hash-event.ts'
import { redactJson } from './redact-event.ts'
import type { RoomVersion } from './room-versions.ts'

/**
 * True if the content is what the sender's server hashed. If not, the event was redacted on its way, and only
 * its redacted form may be used.
 *
 * https://spec.matrix.org/v1.19/server-server-api/#validating-hashes-and-signatures-on-received-events
 */
export function hasGenuineContent(version: RoomVersion, event: JsonObject): boolean {
  const { hashes } = event
  return isJsonObject(hashes) && falseIfNotCanonical(() => contentHash(version, event) === hashes['sha256'])
}

/** True if the event, redacted or not, bears this server's valid signature under this key id. */
export function isEventSignedBy(
  version: RoomVersion,
  event: JsonObject,
  serverName: string,
  keyId: string,
  publicKey: string,
): boolean {
  const signature = signatureOf(event, serverName, keyId)
  if (signature === undefined) return false
  return falseIfNotCanonical(() =>
    verifyText(essence(version, redactJson(version, event)), signature, publicKey),
  )
}

function falseIfNotCanonical(check: () => boolean): boolean {
  try {
    return check()
  } catch (error) {
    if (error instanceof CanonicalJsonError) return false
    throw error
  }
}
