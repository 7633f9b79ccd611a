import { isJsonObject, type JsonObject, ownValue } from '../../platform/json.ts'
import {
  CanonicalJsonError,
  canonicalJson,
  canonicalJsonWithout,
} from '../../platform/signed-json/canonical-json.ts'
import { unsignedKeys } from '../../platform/signed-json/signing.ts'
import { refuse } from './refusals.ts'

/**
 * What is kept of a signed key that its owner uploads: no `unsigned`, and of the signatures only the owner's, because nobody
 * may see those that other people made about it.
 * https://spec.matrix.org/v1.19/client-server-api/#key-and-signature-security
 */
export function withOwnSignaturesOnly(object: JsonObject, userId: string): JsonObject {
  const { unsigned: _, signatures, ...rest } = object
  const own = isJsonObject(signatures) ? ownValue(signatures, userId) : undefined
  return isJsonObject(own) ? { ...rest, signatures: { [userId]: own } } : rest
}

/** The one text of the object. Refuses with `keys.key_invalid` or `keys.too_large`. */
export function canonicalText(object: JsonObject | string, bytesMax: number): string {
  const text = refuseUncanonical(() => canonicalJson(object))
  if (Buffer.byteLength(text) > bytesMax) throw refuse('keys.too_large')
  return text
}

/** True if the two objects say the same, whoever signed them. */
export function sameContent(left: JsonObject, right: JsonObject): boolean {
  return contentText(left) === contentText(right)
}

/** A copy of the object with further signatures. */
export function addSignatures(object: JsonObject, signer: string, added: Record<string, string>): JsonObject {
  const signatures = isJsonObject(object['signatures']) ? object['signatures'] : {}
  const ofSigner = ownValue(signatures, signer)
  const merged = { ...(isJsonObject(ofSigner) ? ofSigner : {}), ...added }
  return { ...object, signatures: { ...signatures, [signer]: merged } satisfies JsonObject }
}

/** The signatures that `signer` made, by key id; those that are not text are left out. */
export function signaturesBy(object: JsonObject, signer: string): Map<string, string> {
  const signatures = ownValue(object, 'signatures')
  const ofSigner = isJsonObject(signatures) ? ownValue(signatures, signer) : undefined
  const found = new Map<string, string>()
  for (const [keyId, signature] of Object.entries(isJsonObject(ofSigner) ? ofSigner : {})) {
    if (typeof signature === 'string') found.set(keyId, signature)
  }
  return found
}

function contentText(object: JsonObject): string {
  return refuseUncanonical(() => canonicalJsonWithout(object, unsignedKeys))
}

function refuseUncanonical(write: () => string): string {
  try {
    return write()
  } catch (error) {
    if (error instanceof CanonicalJsonError) throw refuse('keys.key_invalid', error.message)
    throw error
  }
}
