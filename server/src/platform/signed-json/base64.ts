/**
 * Unpadded Base64 (RFC 4648 without `=`), the form in which the Matrix protocol puts bytes into JSON.
 *
 * https://spec.matrix.org/v1.19/appendices/#unpadded-base64
 */
export function encodeBase64(bytes: Uint8Array): string {
  const text = asBuffer(bytes).toString('base64')
  const padding = text.indexOf('=')
  return padding < 0 ? text : text.slice(0, padding)
}

/** As `encodeBase64`, with `-` and `_` in place of `+` and `/`. */
export function encodeUrlSafeBase64(bytes: Uint8Array): string {
  return asBuffer(bytes).toString('base64url')
}

/**
 * The bytes of standard Base64, padded or not; undefined if the text is anything else. Left-over bits in the
 * last character are ignored, because the specification's own test vectors have them set.
 */
export function decodeBase64(text: string): Buffer | undefined {
  return decode(text, false)
}

/** As `decodeBase64`, for the URL-safe alphabet. */
export function decodeUrlSafeBase64(text: string): Buffer | undefined {
  return decode(text, true)
}

function decode(text: string, urlSafe: boolean): Buffer | undefined {
  const length = unpaddedLength(text)
  if (length === undefined) return undefined
  for (let index = 0; index < length; index++) {
    if (!isInAlphabet(text.charCodeAt(index), urlSafe)) return undefined
  }
  return Buffer.from(text, urlSafe ? 'base64url' : 'base64')
}

/** Padding is all or nothing: it must complete a group of four. A group of one character holds no byte. */
function unpaddedLength(text: string): number | undefined {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  if (padding > 0 && text.length % 4 !== 0) return undefined
  const length = text.length - padding
  return length % 4 === 1 ? undefined : length
}

function isInAlphabet(unit: number, urlSafe: boolean): boolean {
  if (unit >= 0x61 && unit <= 0x7a) return true
  if (unit >= 0x41 && unit <= 0x5a) return true
  if (unit >= 0x30 && unit <= 0x39) return true
  return urlSafe ? unit === 0x2d || unit === 0x5f : unit === 0x2b || unit === 0x2f
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
