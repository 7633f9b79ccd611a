import { createHmac } from 'node:crypto'
import type { Random } from '../../../platform/random.ts'

const prefix = 'whsec_'

/** 24 random bytes, written as Standard Webhooks wants it; Stripe's clients take it as it is. */
export function randomSecret(random: Random): string {
  return prefix + random.bytes(24).toString('base64')
}

/**
 * The headers with which a shop can tell that a body is ours, in both forms that its libraries may know. The time is
 * signed too, so that an old delivery cannot be sent again by somebody who has seen it.
 * https://docs.stripe.com/webhooks#verify-manually
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function signatureHeaders(
  secret: string,
  event: string,
  body: string,
  atMs: number,
): Record<string, string> {
  const at = Math.floor(atMs / 1000)
  const stripe = createHmac('sha256', secret).update(`${at}.${body}`).digest('hex')
  const key = Buffer.from(secret.slice(prefix.length), 'base64')
  const standard = createHmac('sha256', key).update(`${event}.${at}.${body}`).digest('base64')
  return {
    'stripe-signature': `t=${at},v1=${stripe}`,
    'webhook-id': event,
    'webhook-timestamp': String(at),
    'webhook-signature': `v1,${standard}`,
  }
}
