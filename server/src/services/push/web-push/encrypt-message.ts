import { createCipheriv, createECDH, type ECDH, hkdfSync } from 'node:crypto'

/** Where a browser gets its messages, in base64url: a point on P-256, and 16 bytes that it shares with this server. */
export type Recipient = { publicKey: Buffer; authSecret: Buffer }

/** What is random about a message: never used twice. */
export type Ephemeral = { key: ECDH; salt: Buffer }

const recordSizeBytes = 4096
const saltBytes = 16
const tagBytes = 16
const lastRecord = 2
const headerBytes = saltBytes + 4 + 1 + 65
/** Longest message that push services have to take. https://www.rfc-editor.org/rfc/rfc8291#section-4 */
export const messageBytesMax = recordSizeBytes - headerBytes - tagBytes - 1

/** A key on P-256 of these 32 bytes, or undefined where they are none, which is one in four billion. */
export function keyOf(privateKey: Buffer): ECDH | undefined {
  const key = createECDH('prime256v1')
  try {
    key.setPrivateKey(privateKey)
    return key
  } catch {
    return undefined
  }
}

/** Whether this is a public key of P-256 in the uncompressed form. */
export function isPublicKey(bytes: Buffer): boolean {
  try {
    const own = createECDH('prime256v1')
    own.generateKeys()
    own.computeSecret(bytes)
    return bytes.length === 65 && bytes[0] === 4
  } catch {
    return false
  }
}

/** The body of a request to a push service, in one record of aes128gcm. https://www.rfc-editor.org/rfc/rfc8291#section-3 */
export function encryptMessage(
  message: Buffer,
  { publicKey, authSecret }: Recipient,
  { key, salt }: Ephemeral,
): Buffer {
  const ownPublicKey = key.getPublicKey()
  const keyInfo = Buffer.concat([Buffer.from('WebPush: info\0'), publicKey, ownPublicKey])
  const material = derive(key.computeSecret(publicKey), authSecret, keyInfo, 32)
  const contentKey = derive(material, salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16)
  const nonce = derive(material, salt, Buffer.from('Content-Encoding: nonce\0'), 12)

  const cipher = createCipheriv('aes-128-gcm', contentKey, nonce)
  const encrypted = [cipher.update(message), cipher.update(Buffer.from([lastRecord])), cipher.final()]
  const header = Buffer.alloc(5)
  header.writeUInt32BE(recordSizeBytes)
  header.writeUInt8(ownPublicKey.length, 4)
  return Buffer.concat([salt, header, ownPublicKey, ...encrypted, cipher.getAuthTag()])
}

function derive(material: Buffer, salt: Buffer, info: Buffer, sizeBytes: number): Buffer {
  return Buffer.from(hkdfSync('sha256', material, salt, info, sizeBytes))
}
