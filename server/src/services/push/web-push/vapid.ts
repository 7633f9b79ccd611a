import { createPrivateKey, type ECDH, type KeyObject, sign } from 'node:crypto'
import type { Clock } from '../../../platform/clock.ts'
import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { Random } from '../../../platform/random.ts'
import { keyOf } from './encrypt-message.ts'

/** By what push services know this server. https://www.rfc-editor.org/rfc/rfc8292 */
export type Vapid = {
  /** For clients, as `applicationServerKey`: the uncompressed point in base64url. */
  publicKey: string
  /** The `Authorization` of a request to this push service. */
  authorization(pushService: string): string
}

/** Push services take a day at most. */
const tokenLifetimeSeconds = 12 * 3600

/** `contact` is a `mailto:` or `https:` URL under which the operator of a push service finds ours. */
export function createVapid(key: ECDH, deps: { clock: Clock }, contact: string): Vapid {
  const publicKey = key.getPublicKey('base64url')
  const signer = signerOf(key)
  return {
    publicKey,
    authorization(pushService) {
      const expires = Math.floor(deps.clock.now() / 1000) + tokenLifetimeSeconds
      const claims = { aud: pushService, exp: expires, sub: contact }
      const signed = `${encoded({ typ: 'JWT', alg: 'ES256' })}.${encoded(claims)}`
      const signature = sign('sha256', Buffer.from(signed), { key: signer, dsaEncoding: 'ieee-p1363' })
      return `vapid t=${signed}.${signature.toString('base64url')}, k=${publicKey}`
    },
  }
}

/** The server's key, made when there is none: nodes that start at the same moment agree on one. */
export async function loadVapidKey(deps: { db: Database; clock: Clock; random: Random }): Promise<ECDH> {
  const fresh = freshKey(deps.random)
  return deps.db.transaction(async (tx) => {
    await tx.run(sql`
      insert into push.vapid_key (private_key, created_at_ms)
      values (${fresh.getPrivateKey()}, ${deps.clock.now()}) on conflict do nothing`)
    const [stored] = await tx.rows<{ privateKey: Buffer }>(
      sql`select private_key as "privateKey" from push.vapid_key`,
    )
    const key = stored && keyOf(stored.privateKey)
    if (!key) throw new Error('push.vapid_key holds no key')
    return key
  })
}

export function freshKey(random: Random): ECDH {
  for (;;) {
    const key = keyOf(random.bytes(32))
    if (key) return key
  }
}

function signerOf(key: ECDH): KeyObject {
  const point = key.getPublicKey()
  const jwk = {
    kty: 'EC',
    crv: 'P-256',
    d: key.getPrivateKey('base64url'),
    x: point.toString('base64url', 1, 33),
    y: point.toString('base64url', 33),
  }
  return createPrivateKey({ key: jwk, format: 'jwk' })
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
