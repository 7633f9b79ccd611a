import type { JsonObject, JsonValue } from '../../../platform/json.ts'
import { Outage, Refusal } from '../../../platform/refusal.ts'

export type StripeAnswer = {
  status: number
  headers: Record<string, string>
  body: { error: JsonObject }
}

/** Errors that are gone when the same request is sent again; Stripe's clients then do that by themselves. */
const passing = new Set(['checkout.lock_timeout', 'checkout.idempotency_key_in_use'])
const nameless = new Set([
  'api_key_missing',
  'api_key_invalid',
  'secret_key_required',
  'url_unknown',
  'body_unreadable',
])

/** An error in the form that Stripe's clients read. https://docs.stripe.com/api/errors */
export function presentStripeError(thrown: unknown): StripeAnswer {
  if (thrown instanceof Outage) {
    return {
      status: 503,
      headers: { 'retry-after': String(thrown.retryAfterSeconds), 'stripe-should-retry': 'true' },
      body: {
        error: { type: 'api_error', message: 'The service is moving to another site. Please try again.' },
      },
    }
  }
  if (!(thrown instanceof Refusal)) return presentOther(thrown)
  const code = thrown.code.replace(/^[a-z]+\./, '')
  const ours = thrown.code.startsWith('checkout.')
  return {
    status: thrown.status,
    headers: {
      ...(thrown.retryAfterSeconds === undefined ? {} : { 'retry-after': String(thrown.retryAfterSeconds) }),
      ...(thrown.status === 401 ? { 'www-authenticate': 'Basic realm="Dure"' } : {}),
      'stripe-should-retry': String(passing.has(thrown.code) || thrown.status >= 500),
    },
    body: {
      error: {
        type: typeOf(thrown),
        ...(ours && nameless.has(code) ? {} : { code }),
        message: thrown.message,
        ...(thrown.extra as Record<string, JsonValue>),
      },
    },
  }
}

/** Errors of the framework, such as a body that is too large, and defects, of which nothing is told. */
function presentOther(thrown: unknown): StripeAnswer {
  const status = thrown instanceof Error && 'statusCode' in thrown ? Number(thrown.statusCode) : 500
  if (status >= 400 && status < 500) {
    const message = status === 413 ? 'The request is too large.' : 'The request cannot be read.'
    return { status, headers: {}, body: { error: { type: 'invalid_request_error', message } } }
  }
  return {
    status: 500,
    headers: { 'stripe-should-retry': 'true' },
    body: { error: { type: 'api_error', message: 'Something went wrong on our side.' } },
  }
}

function typeOf({ code, status }: Refusal): string {
  if (code.startsWith('checkout.idempotency_')) return 'idempotency_error'
  if (status === 402) return 'card_error'
  return status >= 500 ? 'api_error' : 'invalid_request_error'
}
