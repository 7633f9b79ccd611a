import { createDecipheriv, createECDH, createPublicKey, hkdfSync, randomBytes, verify } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { TestContext } from 'node:test'
import type { JsonObject } from '../../../platform/json.ts'
import { bodyOf, httpPeer } from '../../../platform/testing/http-peer.ts'
import type { Recipient } from './encrypt-message.ts'

export type BrowserSubscription = {
  recipient: Recipient
  /** As `PushSubscription` gives them to a page. */
  keys: { p256dh: string; auth: string }
  decrypt(body: Buffer): Buffer
}

/** The keys of a subscription, and what a browser does with a message, written down once more from RFC 8188 and RFC 8291. */
export function browserSubscription(): BrowserSubscription {
  const own = createECDH('prime256v1')
  const publicKey = own.generateKeys()
  const authSecret = randomBytes(16)
  const hkdf = (material: Buffer, salt: Buffer, info: Buffer | string, length: number) =>
    Buffer.from(hkdfSync('sha256', material, salt, info, length))
  return {
    recipient: { publicKey, authSecret },
    keys: { p256dh: publicKey.toString('base64url'), auth: authSecret.toString('base64url') },
    decrypt(body) {
      const salt = body.subarray(0, 16)
      const keyEnd = 21 + body.readUInt8(20)
      const serverKey = body.subarray(21, keyEnd)
      const info = Buffer.concat([Buffer.from('WebPush: info\0'), publicKey, serverKey])
      const material = hkdf(own.computeSecret(serverKey), authSecret, info, 32)
      const decipher = createDecipheriv(
        'aes-128-gcm',
        hkdf(material, salt, 'Content-Encoding: aes128gcm\0', 16),
        hkdf(material, salt, 'Content-Encoding: nonce\0', 12),
      )
      decipher.setAuthTag(body.subarray(-16))
      const padded = Buffer.concat([decipher.update(body.subarray(keyEnd, -16)), decipher.final()])
      return padded.subarray(0, padded.lastIndexOf(2))
    },
  }
}

export type Received = { path: string; headers: IncomingHttpHeaders; body: Buffer }

export type PushService = {
  url: string
  /** The next message that arrives, or has arrived and not been taken. */
  next(): Promise<Received>
  untaken: Received[]
  /** What it answers from now on. */
  status: number
}

/** A browser vendor's push service of the outside world. */
export async function pushService(t: TestContext): Promise<PushService> {
  const untaken: Received[] = []
  const waiting: ((received: Received) => void)[] = []
  const peer = await httpPeer(t, async (request, response) => {
    const received = { path: request.url ?? '', headers: request.headers, body: await bodyOf(request) }
    response.writeHead(service.status).end()
    const taker = waiting.shift()
    if (taker) taker(received)
    else untaken.push(received)
  })
  const service: PushService = {
    url: peer.url,
    untaken,
    status: 201,
    next() {
      const received = untaken.shift()
      return received ? Promise.resolve(received) : new Promise((resolve) => waiting.push(resolve))
    },
  }
  return service
}

/** What a push service finds in the `Authorization` of a request, after it has checked the signature. */
export function vapidClaims(authorization: string): { claims: JsonObject; key: string } {
  const { token = '', key = '' } =
    /^vapid t=(?<token>[\w-]+\.[\w-]+\.[\w-]+), k=(?<key>[\w-]+)$/.exec(authorization)?.groups ?? {}
  const [header = '', claims = '', signature = ''] = token.split('.')
  const point = Buffer.from(key, 'base64url')
  const jwk = {
    kty: 'EC',
    crv: 'P-256',
    x: point.toString('base64url', 1, 33),
    y: point.toString('base64url', 33),
  }
  const verifier = { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' } as const
  if (!verify('sha256', Buffer.from(`${header}.${claims}`), verifier, Buffer.from(signature, 'base64url')))
    throw new Error('the signature is wrong')
  return { claims: JSON.parse(Buffer.from(claims, 'base64url').toString()), key }
}
