import { isLive } from '../documents.ts'
import { ownerOf, tillOf } from '../money/till.ts'
import { payOut } from '../operations/pay-out.ts'
import { refundCharge } from '../operations/refund-charge.ts'
import type { CheckoutDeps } from '../operations/request.ts'
import { refuse } from '../refusals.ts'
import {
  amount,
  clearable,
  created,
  currency,
  ignored,
  mergeMetadata,
  metadata,
  oneOf,
  paging,
  required,
  text,
} from '../stripe/fields.ts'
import { ok, type StripeApi } from '../stripe/scope.ts'
import { listed, shown } from './lists.ts'

/** https://docs.stripe.com/api/charges and https://docs.stripe.com/api/refunds */
export function refundRoutes(api: StripeApi, deps: CheckoutDeps): void {
  api.get('/charges/:id', {}, ({ shop }, _params, id) => shown(deps, shop, 'charge', id))
  api.get(
    '/charges',
    { ...paging, created, payment_intent: text(100), customer: text(100) },
    ({ shop }, params) =>
      listed(deps, shop, 'charge', params, '/v1/charges', {
        intent: params.payment_intent,
        customer: params.customer,
      }),
  )
  const reason = oneOf('duplicate', 'fraudulent', 'requested_by_customer')
  api.post(
    '/refunds',
    { payment_intent: text(100), charge: text(100), amount, reason, metadata },
    (request, params) => {
      const { payment_intent: intent, charge } = params
      if ((intent === undefined) === (charge === undefined))
        throw refuse('checkout.parameter_missing', {
          message:
            'One of the following params should be provided for this request: payment_intent or charge.',
          extra: { param: 'payment_intent' },
        })
      return refundCharge(deps, request, {
        intent,
        charge,
        amount: params.amount,
        reason: params.reason,
        metadata: mergeMetadata({}, params.metadata),
      })
    },
  )
  api.get('/refunds/:id', {}, ({ shop }, _params, id) => shown(deps, shop, 'refund', id))
  api.get(
    '/refunds',
    { ...paging, created, payment_intent: text(100), charge: text(100) },
    ({ shop }, params) =>
      listed(deps, shop, 'refund', params, '/v1/refunds', {
        intent: params.payment_intent,
        body: { charge: params.charge },
      }),
  )
}

/** https://docs.stripe.com/api/balance, https://docs.stripe.com/api/balance_transactions and https://docs.stripe.com/api/payouts */
export function balanceRoutes(api: StripeApi, deps: CheckoutDeps): void {
  api.get('/balance', {}, async ({ shop }) => {
    // Few: a shop has an account for each currency that it was ever paid in.
    const accounts = await tillOf(deps.tills, shop).ledger.accountsOf(ownerOf(shop))
    const amounts = (value: (balance: bigint) => bigint) =>
      accounts.map(({ currency: code, balance }) => ({
        amount: Number(value(balance)),
        currency: code.toLowerCase(),
        source_types: { wallet: Number(value(balance)) },
      }))
    return ok({
      object: 'balance',
      available: amounts((balance) => balance),
      livemode: isLive(shop),
      pending: amounts(() => 0n),
    })
  })
  const types = oneOf('charge', 'refund', 'payout', 'payout_failure')
  const filters = { type: types, source: text(100), currency, payout: ignored }
  for (const path of ['/balance_transactions', '/balance/history'])
    api.get(path, { ...paging, created, ...filters }, ({ shop }, params) =>
      listed(deps, shop, 'balance_transaction', params, '/v1/balance_transactions', {
        body: { type: params.type, source: params.source, currency: params.currency },
      }),
    )
  api.get('/balance_transactions/:id', {}, ({ shop }, _params, id) =>
    shown(deps, shop, 'balance_transaction', id),
  )
  const method = oneOf('standard', 'instant')
  const fields = {
    amount: required(amount),
    currency: required(currency),
    description: clearable(500),
    metadata,
    method,
  }
  api.post('/payouts', fields, (request, params) =>
    payOut(deps, request, {
      amount: params.amount,
      currency: params.currency,
      description: params.description ?? null,
      metadata: mergeMetadata({}, params.metadata),
      automatic: false,
    }),
  )
  api.get('/payouts/:id', {}, ({ shop }, _params, id) => shown(deps, shop, 'payout', id))
  api.get(
    '/payouts',
    { ...paging, created, status: oneOf('pending', 'paid', 'failed') },
    ({ shop }, params) =>
      listed(deps, shop, 'payout', params, '/v1/payouts', { body: { status: params.status } }),
  )
}
