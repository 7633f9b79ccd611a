import type { CustomerBody, Document } from '../documents.ts'
import { checkCustomer } from '../operations/intent-rules.ts'
import { changeKept, createKept } from '../operations/keep.ts'
import type { CheckoutDeps } from '../operations/request.ts'
import { readDocument } from '../store/read.ts'
import {
  clearable,
  created,
  ignored,
  mergeMetadata,
  metadata,
  object,
  oneOf,
  paging,
  required,
  text,
  wrong,
} from '../stripe/fields.ts'
import type { StripeApi } from '../stripe/scope.ts'
import { listed, shown } from './lists.ts'

const customerFields = {
  name: clearable(256),
  email: clearable(512),
  phone: clearable(32),
  description: clearable(5000),
  metadata,
}

/** https://docs.stripe.com/api/customers */
export function customerRoutes(api: StripeApi, deps: CheckoutDeps): void {
  api.post('/customers', customerFields, (request, params) => {
    const empty: CustomerBody = {
      name: null,
      email: null,
      phone: null,
      description: null,
      metadata: {},
      deleted: false,
    }
    return createKept(
      deps,
      request,
      { kind: 'customer', body: withParams(empty, params) },
      { event: 'customer.created' },
    )
  })
  api.get('/customers/:id', {}, ({ shop }, _params, id) => shown(deps, shop, 'customer', id))
  api.post('/customers/:id', customerFields, (request, params, id) =>
    changeKept(
      deps,
      request,
      { kind: 'customer', id },
      (customer) => ({ ...customer, body: withParams(customer.body, params) }),
      {
        event: 'customer.updated',
      },
    ),
  )
  api.delete('/customers/:id', (request, _params, id) =>
    changeKept(
      deps,
      request,
      { kind: 'customer', id },
      (customer) => ({ ...customer, body: { ...customer.body, deleted: true } }),
      { event: 'customer.deleted' },
    ),
  )
  api.get('/customers', { ...paging, created, email: text(512) }, ({ shop }, params) =>
    listed(deps, shop, 'customer', params, '/v1/customers', { body: { email: params.email } }),
  )
  api.get(
    '/customers/:id/payment_methods',
    { ...paging, type: oneOf('wallet') },
    async ({ shop }, params, id) => {
      await readDocument(deps.db, shop, 'customer', id)
      return listed(deps, shop, 'payment_method', params, `/v1/customers/${id}/payment_methods`, {
        customer: id,
      })
    },
  )
}

type CustomerParams = {
  name: string | null | undefined
  email: string | null | undefined
  phone: string | null | undefined
  description: string | null | undefined
  metadata: Record<string, string> | undefined
}

function withParams(
  body: CustomerBody,
  { name, email, phone, description, metadata }: CustomerParams,
): CustomerBody {
  return {
    ...body,
    name: name === undefined ? body.name : name,
    email: email === undefined ? body.email : email,
    phone: phone === undefined ? body.phone : phone,
    description: description === undefined ? body.description : description,
    metadata: mergeMetadata(body.metadata, metadata),
  }
}

/**
 * A payment method is a wallet, whoever's it will be: it says how somebody pays, not who. Which wallet that is shows when
 * its owner approves. https://docs.stripe.com/api/payment_methods
 */
export function paymentMethodRoutes(api: StripeApi, deps: CheckoutDeps): void {
  api.post(
    '/payment_methods',
    { type: required(oneOf('wallet')), wallet: object({}), billing_details: ignored, metadata },
    (request, { metadata: brought }) =>
      createKept(deps, request, { kind: 'payment_method', body: { metadata: mergeMetadata({}, brought) } }),
  )
  api.get('/payment_methods/:id', {}, ({ shop }, _params, id) => shown(deps, shop, 'payment_method', id))
  api.get('/payment_methods', { ...paging, type: oneOf('wallet'), customer: text(100) }, ({ shop }, params) =>
    listed(deps, shop, 'payment_method', params, '/v1/payment_methods', { customer: params.customer }),
  )
  api.post(
    '/payment_methods/:id/attach',
    { customer: required(text(100)) },
    async (request, { customer }, id) => {
      await checkCustomer(deps, request.shop, customer)
      const attach = (method: Document<'payment_method'>) => {
        if (method.customer !== undefined && method.customer !== customer)
          throw wrong(
            'checkout.parameter_invalid',
            'customer',
            'The payment method is attached to another customer already.',
          )
        return { ...method, customer }
      }
      return changeKept(deps, request, { kind: 'payment_method', id }, attach, {
        event: 'payment_method.attached',
      })
    },
  )
  api.post('/payment_methods/:id/detach', {}, (request, _params, id) => {
    const detach = ({ customer: _, ...method }: Document<'payment_method'>) => method
    return changeKept(deps, request, { kind: 'payment_method', id }, detach, {
      event: 'payment_method.detached',
    })
  })
}
