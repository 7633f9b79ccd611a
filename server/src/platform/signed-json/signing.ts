import assert from 'node:assert/strict'
import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { isJsonObject, type JsonObject, type JsonValue, ownValue } from '../json.ts'
import { decodeBase64, encodeBase64, encodeUrlSafeBase64 } from './base64.ts'
import { CanonicalJsonError, canonicalJsonWithout } from './canonical-json.ts'

export type SigningKeyId = `ed25519:${string}`

export type SigningKey = { id: SigningKeyId; privateKey: KeyObject; publicKey: string }

/** Signatures in unpadded Base64, by the entity that made them and the id of its key. */
export type Signatures = { [entity: string]: { [keyId: string]: string } }

/** Parts of a signed object that its signatures do not cover. */
export const unsignedKeys: readonly string[] = ['signatures', 'unsigned']

/** The ed25519 key grown from a secret seed of 32 bytes; `version` is the part of its id after `ed25519:`. */
export function createSigningKey(version: string, seed: Uint8Array): SigningKey {
  assert(seed.length === 32, 'an ed25519 seed has 32 bytes')
  assert(/^[a-zA-Z0-9_]+$/.test(version), 'a key version has letters, digits and underscores only')
  const der = Buffer.concat([pkcs8Ed25519Header, seed])
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  const rawPublicKey = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(-32)
  return { id: `ed25519:${version}`, privateKey, publicKey: encodeBase64(rawPublicKey) }
}

/**
 * A copy of the object that this entity has signed, beside the signatures it already had. `unsigned` stays as
 * it was and is not covered.
 *
 * https://spec.matrix.org/v1.19/appendices/#signing-details
 */
export function signJson<T extends JsonObject>(
  object: T,
  entity: string,
  key: SigningKey,
): T & { signatures: Signatures } {
  const signature = signText(canonicalJsonWithout(object, unsignedKeys), key)
  return { ...object, signatures: withSignature(object['signatures'], entity, key.id, signature) }
}

/**
 * True if the object holds this entity's valid ed25519 signature under this key id. Any malformed part makes it
 * false, never an error.
 *
 * https://spec.matrix.org/v1.19/appendices/#checking-for-a-signature
 */
export function verifySignedJson(
  object: JsonObject,
  entity: string,
  keyId: string,
  publicKeyBase64: string,
): boolean {
  const signature = signatureOf(object, entity, keyId)
  if (signature === undefined) return false
  try {
    return verifyText(canonicalJsonWithout(object, unsignedKeys), signature, publicKeyBase64)
  } catch (error) {
    if (error instanceof CanonicalJsonError) return false
    throw error
  }
}

/** The unpadded Base64 signature of the text's UTF-8 bytes. */
export function signText(text: string, key: SigningKey): string {
  return encodeBase64(sign(null, Buffer.from(text, 'utf8'), key.privateKey))
}

/** As `signText`, on another thread: one signature costs more than everything else that is done to an event. */
export function signTextAside(text: string, key: SigningKey): Promise<string> {
  return new Promise((resolve, reject) => {
    sign(null, Buffer.from(text, 'utf8'), key.privateKey, (error, signature) => {
      if (error) reject(error)
      else resolve(encodeBase64(signature))
    })
  })
}

/** True if the signature of the text's UTF-8 bytes is valid under this raw ed25519 public key. */
export function verifyText(text: string, signatureBase64: string, publicKeyBase64: string): boolean {
  const signature = decodeBase64(signatureBase64)
  const publicKey = decodeBase64(publicKeyBase64)
  if (signature?.length !== 64 || publicKey?.length !== 32) return false
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: encodeUrlSafeBase64(publicKey) }
  return verify(null, Buffer.from(text, 'utf8'), createPublicKey({ key: jwk, format: 'jwk' }), signature)
}

/** The entity's signature under this key id, if the id names an algorithm we know. */
export function signatureOf(object: JsonObject, entity: string, keyId: string): string | undefined {
  if (!keyId.startsWith('ed25519:')) return undefined
  const signatures = ownValue(object, 'signatures')
  const ofEntity = isJsonObject(signatures) ? ownValue(signatures, entity) : undefined
  const signature = isJsonObject(ofEntity) ? ownValue(ofEntity, keyId) : undefined
  return typeof signature === 'string' ? signature : undefined
}

/** The `signatures` object with one more signature, replacing an earlier one under the same key id. */
export function withSignature(
  signatures: JsonValue | undefined,
  entity: string,
  keyId: SigningKeyId,
  signature: string,
): Signatures {
  // Whatever shape others left there is kept as it is: it is not covered by our signature.
  const existing = isJsonObject(signatures) ? (signatures as Signatures) : {}
  const ofEntity = isJsonObject(existing[entity]) ? existing[entity] : {}
  return { ...existing, [entity]: { ...ofEntity, [keyId]: signature } }
}

/** RFC 8410: the fixed bytes that precede the seed in a PKCS #8 ed25519 private key. */
const pkcs8Ed25519Header = Buffer.from('302e020100300506032b657004220420', 'hex')
