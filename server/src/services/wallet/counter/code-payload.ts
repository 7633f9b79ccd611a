/**
 * What a code that a person shows holds: BER-TLV in Base64, as EMV QR Code Specification for Payment Systems, Consumer-Presented
 * Mode, has it. An application of our own: its name is proprietary (it begins with F), and its data is one of two.
 *
 *     85 05 "CPV01"                          payload format indicator
 *     61 1B                                  application template
 *        4F 05 F0 "DURE"                     application definition file name
 *        63 12                               application specific transparent template
 *           C1 10 (16 bytes)                 the secret of a code that the server knows; or
 *           C2 58 (88 bytes)                 a code that the phone has signed: its key, the time, a number, and the signature
 */
const head = (template: string, data: string) =>
  Buffer.from(`8505435056303161${template}4f05f044555245${data}`, 'hex')
const secretHead = head('1b', '6312c110')
const signedHead = head('63', '635ac258')
const secretBytes = 16
const signedBytes = 24
const signatureBytes = 64

/** A code that a phone without a connection has made. Its signature is ECDSA on P-256 with SHA-256, as two numbers. */
export type SignedCode = { keyId: string; atMs: number; signed: Buffer; signature: Buffer }

export type DecodedCode = { secret: Buffer } | { signedCode: SignedCode }

/** The text of the QR code for a secret of 16 bytes. */
export function encodeCode(secret: Buffer): string {
  return Buffer.concat([secretHead, secret]).toString('base64')
}

/** What a phone signs: the key's id (16 bytes), the time in seconds, and a number of its own, so that no two codes are the same. */
export function bytesToSign(keyId: string, atSeconds: number, number: number): Buffer {
  const bytes = Buffer.alloc(signedBytes)
  bytes.write(keyId, 'hex')
  bytes.writeUInt32BE(atSeconds, 16)
  bytes.writeUInt32BE(number, 20)
  return bytes
}

/** The text of the QR code for what a phone has signed. */
export function encodeSignedCode(signed: Buffer, signature: Buffer): string {
  return Buffer.concat([signedHead, signed, signature]).toString('base64')
}

/** What a text that a till has scanned holds; undefined for anything but exactly what the encoders give. */
export function decodeCode(text: string): DecodedCode | undefined {
  const bytes = Buffer.from(text, 'base64')
  // Base64 has several texts for the same bytes, and Node reads over what is none.
  if (bytes.toString('base64') !== text) return undefined
  const secret = after(secretHead, bytes, secretBytes)
  if (secret) return { secret }
  const data = after(signedHead, bytes, signedBytes + signatureBytes)
  if (!data) return undefined
  const signed = data.subarray(0, signedBytes)
  return {
    signedCode: {
      keyId: signed.toString('hex', 0, 16),
      atMs: signed.readUInt32BE(16) * 1000,
      signed,
      signature: data.subarray(signedBytes),
    },
  }
}

function after(start: Buffer, bytes: Buffer, length: number): Buffer | undefined {
  const fits = bytes.length === start.length + length && bytes.subarray(0, start.length).equals(start)
  return fits ? bytes.subarray(start.length) : undefined
}
