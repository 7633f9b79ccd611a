import { isJsonObject, type JsonObject, type JsonValue } from '../../../../platform/json.ts'
import { CanonicalJsonError, canonicalJsonWithout } from '../../../../platform/signed-json/canonical-json.ts'
import { unsignedKeys, verifyText } from '../../../../platform/signed-json/signing.ts'
import type { StateEvent, StateLookup, UnsignedPdu } from '../pdu.ts'
import { allowed, membershipOf, refused, type Verdict } from './verdict.ts'

/**
 * Rule 4.4.1 of version 11: an invite in exchange for one that was sent to a third-party identifier needs no
 * power, only the proof, signed by the identity server, that this user owns the identifier.
 */
export function authoriseThirdPartyInvite(
  event: UnsignedPdu,
  target: string,
  invite: JsonValue,
  state: StateLookup,
): Verdict {
  if (membershipOf(state, target) === 'ban') return refused('The invited user is banned from the room.')

  const signed = isJsonObject(invite) ? invite['signed'] : undefined
  if (!isJsonObject(signed)) return refused('The third-party invite is not signed.')
  const { mxid, token } = signed
  if (typeof mxid !== 'string' || typeof token !== 'string') {
    return refused('The third-party invite names no user or no token.')
  }
  if (mxid !== target) return refused('The third-party invite is for another user.')

  const original = state('m.room.third_party_invite', token)
  if (original === undefined) return refused('The room has no third-party invite with this token.')
  if (original.sender !== event.sender) return refused('The third-party invite was sent by another user.')
  if (!isSignedByAny(signed, publicKeysOf(original))) {
    return refused('The third-party invite bears no valid signature.')
  }
  return allowed
}

/**
 * NOTSPEC: the rules bound neither signatures nor keys, and an event has room for a hundred thousand pairs of
 * them, each of which costs a verification. Real invites have one or two of each.
 */
const maxVerifications = 100

function isSignedByAny(signed: JsonObject, publicKeys: string[]): boolean {
  const text = canonicalOrUndefined(signed)
  if (text === undefined) return false
  let verifications = 0
  for (const signature of ed25519SignaturesOf(signed)) {
    for (const publicKey of publicKeys) {
      if (verifications === maxVerifications) return false
      verifications += 1
      if (verifyText(text, signature, publicKey)) return true
    }
  }
  return false
}

function canonicalOrUndefined(signed: JsonObject): string | undefined {
  try {
    return canonicalJsonWithout(signed, unsignedKeys)
  } catch (error) {
    if (error instanceof CanonicalJsonError) return undefined
    throw error
  }
}

function ed25519SignaturesOf(signed: JsonObject): string[] {
  const { signatures } = signed
  if (!isJsonObject(signatures)) return []
  return Object.values(signatures)
    .flatMap((byKeyId) => (isJsonObject(byKeyId) ? Object.entries(byKeyId) : []))
    .filter(([keyId]) => keyId.startsWith('ed25519:'))
    .map(([, signature]) => signature)
    .filter((signature) => typeof signature === 'string')
}

/** `public_key` and those of `public_keys`, in standard Base64: either alphabet may be used in the event. */
function publicKeysOf(original: StateEvent): string[] {
  const { public_key: single, public_keys: several } = original.content
  const listed = Array.isArray(several)
    ? several.map((entry) => isJsonObject(entry) && entry['public_key'])
    : []
  return [single, ...listed]
    .filter((key) => typeof key === 'string')
    .map((key) => key.replaceAll('-', '+').replaceAll('_', '/'))
}
