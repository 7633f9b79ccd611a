import type { CheckoutDeps } from '../operations/request.ts'
import { createSession, expireSession } from '../operations/sessions.ts'
import { refuse } from '../refusals.ts'
import { readDocument } from '../store/read.ts'
import {
  amount,
  clearable,
  created,
  currency,
  ignored,
  integer,
  listOf,
  mergeMetadata,
  metadata,
  object,
  oneOf,
  paging,
  required,
  text,
  url,
  wrong,
} from '../stripe/fields.ts'
import { presentLineItems } from '../stripe/present.ts'
import { listOfObjects, ok, type StripeApi } from '../stripe/scope.ts'
import { listed, shown } from './lists.ts'

const web = url(['http:', 'https:'])
const product = object({
  name: required(text(250)),
  description: ignored,
  images: ignored,
  metadata: ignored,
})
const priceData = object({
  currency: required(currency),
  unit_amount: required(amount),
  product_data: required(product),
})
const lineItem = object({ price_data: required(priceData), quantity: required(integer(1, 999_999)) })

const fields = {
  mode: required(oneOf('payment')),
  ui_mode: oneOf('hosted', 'hosted_page'),
  line_items: required(listOf(lineItem, 100)),
  success_url: required(web),
  cancel_url: web,
  customer: text(100),
  customer_email: clearable(512),
  client_reference_id: text(200),
  expires_at: integer(0, 10 ** 11),
  locale: text(10),
  metadata,
  payment_intent_data: object({
    capture_method: oneOf('automatic', 'automatic_async', 'manual'),
    description: clearable(1000),
    metadata,
  }),
  payment_method_types: ignored,
  submit_type: ignored,
}

/** https://docs.stripe.com/api/checkout/sessions */
export function sessionRoutes(api: StripeApi, deps: CheckoutDeps): void {
  api.post('/checkout/sessions', fields, (request, params) => {
    const { line_items: lines, payment_intent_data: about } = params
    const code = lines[0]?.price_data.currency
    if (code === undefined)
      throw wrong('checkout.parameter_missing', 'line_items', 'Missing required param: line_items.')
    if (lines.some(({ price_data }) => price_data.currency !== code))
      throw wrong('checkout.parameter_invalid', 'line_items', 'All line items must be in one currency.')
    return createSession(deps, request, {
      items: lines.map(({ price_data, quantity }) => ({
        name: price_data.product_data.name,
        unitAmount: price_data.unit_amount,
        quantity,
      })),
      currency: code,
      intent: {
        captureMethod: about?.capture_method === 'manual' ? 'manual' : 'automatic',
        description: about?.description ?? null,
        metadata: mergeMetadata({}, about?.metadata),
      },
      customer: params.customer,
      customerEmail: params.customer_email ?? null,
      successUrl: params.success_url,
      cancelUrl: params.cancel_url ?? null,
      clientReferenceId: params.client_reference_id ?? null,
      expiresAt: params.expires_at,
      locale: params.locale ?? null,
      metadata: mergeMetadata({}, params.metadata),
    })
  })
  api.get('/checkout/sessions/:id', {}, ({ shop }, _params, id) => shown(deps, shop, 'checkout_session', id))
  api.get(
    '/checkout/sessions/:id/line_items',
    paging,
    async ({ shop }, { limit, starting_after, ending_before }, id) => {
      if (starting_after !== undefined || ending_before !== undefined)
        throw refuse(
          'checkout.parameter_unknown',
          'A session has at most 100 line items: ask for them with limit=100.',
        )
      const items = presentLineItems(await readDocument(deps.db, shop, 'checkout_session', id, 'session'))
      const some = items.slice(0, limit ?? 10)
      return ok(listOfObjects(`/v1/checkout/sessions/${id}/line_items`, some, some.length < items.length))
    },
  )
  api.post('/checkout/sessions/:id/expire', {}, (request, _params, id) => expireSession(deps, request, id))
  const filters = {
    payment_intent: text(100),
    customer: text(100),
    status: oneOf('open', 'complete', 'expired'),
  }
  api.get('/checkout/sessions', { ...paging, created, ...filters }, ({ shop }, params) =>
    listed(deps, shop, 'checkout_session', params, '/v1/checkout/sessions', {
      intent: params.payment_intent,
      customer: params.customer,
      body: { status: params.status },
    }),
  )
}
