import { changeCode, createIntentCode, createStaticCode } from '../operations/payment-codes.ts'
import type { CheckoutDeps } from '../operations/request.ts'
import {
  amount,
  clearable,
  created,
  currency,
  flag,
  mergeMetadata,
  metadata,
  paging,
  text,
  wrong,
} from '../stripe/fields.ts'
import type { StripeApi } from '../stripe/scope.ts'
import { listed, shown } from './lists.ts'

const path = '/payment_codes'

/** NOTSPEC: QR codes that a shop shows, which Stripe does not have. Its clients reach them with `rawRequest`. */
export function paymentCodeRoutes(api: StripeApi, deps: CheckoutDeps): void {
  const fields = { payment_intent: text(100), currency, amount, description: clearable(1000), metadata }
  api.post(path, fields, (request, params) => {
    const { payment_intent: intent, currency: code } = params
    const given = mergeMetadata({}, params.metadata)
    if (intent !== undefined) {
      const other = (['currency', 'amount', 'description'] as const).find(
        (name) => params[name] !== undefined,
      )
      if (other !== undefined)
        throw wrong(
          'checkout.parameter_invalid',
          other,
          `The payment intent says that already: leave ${other} out.`,
        )
      return createIntentCode(deps, request, { intent, metadata: given })
    }
    if (code === undefined)
      throw wrong('checkout.parameter_missing', 'currency', 'Missing required param: currency.')
    const { amount: wanted = null, description = null } = params
    return createStaticCode(deps, request, { currency: code, amount: wanted, description, metadata: given })
  })
  api.get(`${path}/:id`, {}, ({ shop }, _params, id) => shown(deps, shop, 'payment_code', id))
  api.post(`${path}/:id`, { active: flag, description: clearable(1000), metadata }, (request, params, id) =>
    changeCode(deps, request, id, {
      active: params.active,
      description: params.description,
      metadata: params.metadata,
    }),
  )
  api.get(path, { ...paging, created, payment_intent: text(100) }, ({ shop }, params) =>
    listed(deps, shop, 'payment_code', params, `/v1${path}`, { intent: params.payment_intent }),
  )
}
