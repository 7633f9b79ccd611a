import { cancelIntent, captureIntent } from '../operations/capture-intent.ts'
import { changeIntent } from '../operations/change-intent.ts'
import { confirmIntent } from '../operations/confirm-intent.ts'
import { createIntent } from '../operations/create-intent.ts'
import type { Confirmation } from '../operations/intent-rules.ts'
import type { CheckoutDeps } from '../operations/request.ts'
import { refuse } from '../refusals.ts'
import { missing, readDocument } from '../store/read.ts'
import {
  amount,
  clearable,
  created,
  currency,
  type Field,
  flag,
  ignored,
  listOf,
  mergeMetadata,
  metadata,
  object,
  oneOf,
  paging,
  required,
  text,
  url,
} from '../stripe/fields.ts'
import { ok, type StripeApi } from '../stripe/scope.ts'
import { listed } from './lists.ts'

const web = ['http:', 'https:']
const apps = [...web, 'dure:']

/** Means of payment that there are not here are refused where a shop insists on them, by naming them alone. */
const types: Field<undefined> = (value, name) => {
  const named = listOf(text(50), 50)(value, name)
  if (named !== undefined && !named.includes('wallet'))
    throw refuse('checkout.parameter_invalid', {
      message: `The payment method type "${named[0]}" is invalid: payments here are made with "wallet".`,
      extra: { param: name },
    })
  return undefined
}

const confirming = {
  payment_method: text(100),
  payment_method_data: object({
    type: required(oneOf('wallet')),
    wallet: object({ code: text(500) }),
    billing_details: ignored,
    metadata: ignored,
  }),
  return_url: url(apps),
  off_session: flag,
  use_stripe_sdk: ignored,
}

const describing = {
  description: clearable(1000),
  receipt_email: clearable(512),
  metadata,
  customer: text(100),
}

const shaping = {
  capture_method: oneOf('automatic', 'automatic_async', 'manual'),
  payment_method_types: types,
  automatic_payment_methods: object({ enabled: flag, allow_redirects: oneOf('always', 'never') }),
  payment_method_options: ignored,
  statement_descriptor: ignored,
  statement_descriptor_suffix: ignored,
}

/** https://docs.stripe.com/api/payment_intents */
export function paymentIntentRoutes(api: StripeApi, deps: CheckoutDeps): void {
  creating(api, deps)
  api.get(
    '/payment_intents/:id',
    { client_secret: text(200) },
    async ({ shop }, { client_secret }, id, { kind }) => {
      const intent = await readDocument(deps.db, shop, 'payment_intent', id, 'intent')
      const secret = secretOf(kind, id, client_secret)
      if (secret !== undefined && secret !== intent.body.secret)
        throw missing('payment_intent', id, 'client_secret')
      return ok(deps.show(intent))
    },
    { publishable: true },
  )
  api.post('/payment_intents/:id', { ...describing, ...shaping, amount, currency }, (request, params, id) =>
    changeIntent(deps, request, {
      id,
      amount: params.amount,
      currency: params.currency,
      customer: params.customer,
      description: params.description,
      receiptEmail: params.receipt_email,
      metadata: params.metadata,
      captureMethod: params.capture_method === undefined ? undefined : captureMethodOf(params.capture_method),
    }),
  )
  api.post(
    '/payment_intents/:id/confirm',
    { ...confirming, client_secret: text(200), receipt_email: ignored, payment_method_options: ignored },
    (request, { client_secret, ...params }, id, { kind }) =>
      confirmIntent(deps, request, {
        id,
        secret: secretOf(kind, id, client_secret),
        ...confirmationOf(params),
      }),
    { publishable: true },
  )
  api.post('/payment_intents/:id/capture', { amount_to_capture: amount }, (request, params, id) =>
    captureIntent(deps, request, { id, amount: params.amount_to_capture }),
  )
  const reasons = oneOf('duplicate', 'fraudulent', 'requested_by_customer', 'abandoned')
  api.post('/payment_intents/:id/cancel', { cancellation_reason: reasons }, (request, params, id) =>
    cancelIntent(deps, request, { id, reason: params.cancellation_reason }),
  )
  api.get('/payment_intents', { ...paging, created, customer: text(100) }, ({ shop }, params) =>
    listed(deps, shop, 'payment_intent', params, '/v1/payment_intents', { customer: params.customer }),
  )
}

function creating(api: StripeApi, deps: CheckoutDeps): void {
  const fields = {
    ...describing,
    ...shaping,
    ...confirming,
    amount: required(amount),
    currency: required(currency),
    confirm: flag,
  }
  api.post('/payment_intents', fields, (request, params) => {
    const { confirm, payment_method } = params
    if (params.payment_method_data?.wallet?.code !== undefined && !confirm)
      throw refuse('checkout.parameter_missing', {
        message: 'A one-time code pays at once: send confirm=true with it.',
        extra: { param: 'confirm' },
      })
    return createIntent(deps, request, {
      amount: params.amount,
      currency: params.currency,
      captureMethod: captureMethodOf(params.capture_method),
      customer: params.customer,
      description: params.description ?? null,
      metadata: mergeMetadata({}, params.metadata),
      receiptEmail: params.receipt_email ?? null,
      confirmation: confirm ? confirmationOf(params) : undefined,
      paymentMethod: payment_method,
    })
  })
}

function captureMethodOf(method: string | undefined): 'automatic' | 'manual' {
  return method === 'manual' ? 'manual' : 'automatic'
}

function confirmationOf(params: {
  payment_method: string | undefined
  return_url: string | undefined
  off_session: boolean | undefined
  payment_method_data: { wallet: { code: string | undefined } | undefined } | undefined
}): Confirmation {
  return {
    paymentMethod: params.payment_method,
    returnUrl: params.return_url,
    offSession: params.off_session ?? false,
    code: params.payment_method_data?.wallet?.code,
  }
}

/** Whoever has only a publishable key proves with the client secret that the payment is theirs. */
function secretOf(kind: string, id: string, clientSecret: string | undefined): string | undefined {
  if (clientSecret === undefined) {
    if (kind === 'secret') return undefined
    throw refuse('checkout.parameter_missing', {
      message: 'Missing required param: client_secret.',
      extra: { param: 'client_secret' },
    })
  }
  const prefix = `${id}_secret_`
  return clientSecret.startsWith(prefix) ? clientSecret.slice(prefix.length) : ''
}
