import type { JsonObject } from '../../../platform/json.ts'
import type { Outgoing } from '../../../platform/outgoing/outgoing.ts'
import type { Random } from '../../../platform/random.ts'
import type { Delivered } from '../pushers/call-gateway.ts'
import type { LeasedPusher } from '../pushers/pusher.ts'
import { encryptMessage } from './encrypt-message.ts'
import { freshKey, type Vapid } from './vapid.ts'

export type WebPushDeps = { outgoing: Pick<Outgoing, 'send'>; random: Random; vapid: Vapid }

/** How much the device's battery is worth. https://www.rfc-editor.org/rfc/rfc8030#section-5.3 */
export type Urgency = 'normal' | 'high'

const timeoutMs = 10_000
const answerBytesMax = 64 * 1024
/** How long the push service keeps a message for a device that is off. */
const keptSeconds = 24 * 3600
/** There is no such subscription, or none that we may send to. */
const goneStatuses: readonly number[] = [403, 404, 410]

/**
 * Sends a message to a browser by its push service, which cannot read it. Throws when it has to be tried again.
 * https://www.rfc-editor.org/rfc/rfc8030#section-5
 */
export async function sendWebPush(
  { outgoing, random, vapid }: WebPushDeps,
  pusher: Pick<LeasedPusher, 'pushkey' | 'data'>,
  message: JsonObject,
  { urgency, signal }: { urgency: Urgency; signal: AbortSignal },
): Promise<Delivered> {
  const { url, auth } = pusher.data
  const recipient = {
    publicKey: Buffer.from(pusher.pushkey, 'base64url'),
    authSecret: Buffer.from(typeof auth === 'string' ? auth : '', 'base64url'),
  }
  const ephemeral = { key: freshKey(random), salt: random.bytes(16) }
  const { status } = await outgoing.send({
    url,
    method: 'POST',
    headers: {
      authorization: vapid.authorization(new URL(url).origin),
      'content-type': 'application/octet-stream',
      'content-encoding': 'aes128gcm',
      ttl: String(keptSeconds),
      urgency,
    },
    body: encryptMessage(Buffer.from(JSON.stringify(message)), recipient, ephemeral),
    timeoutMs,
    bodyBytesMax: answerBytesMax,
    truncate: true,
    plainHttp: 'named-networks',
    signal,
  })
  if (goneStatuses.includes(status)) return 'rejected'
  if (status < 200 || status > 299) throw new Error(`the push service answered ${status}`)
  return 'taken'
}
