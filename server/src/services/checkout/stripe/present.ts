import type { JsonObject, JsonValue } from '../../../platform/json.ts'
import { type Document, isLive, type Shown } from '../documents.ts'
import { presentPaymentCode } from './present-payment-code.ts'

/** The version of Stripe's API whose shapes these are; endpoints and answers name it. */
export const stripeVersion = '2026-10-28.endive'

/** A document as the shop is shown it. https://docs.stripe.com/api */
export function present(document: Document, links: Links): Shown {
  return presenters[document.kind](document as never, links)
}

export type Links = { publicUrl: string }
type Presenters = { [K in Document['kind']]: (document: Document<K>, links: Links) => Shown }

const presenters: Presenters = {
  customer: presentCustomer,
  payment_method: presentPaymentMethod,
  payment_intent: presentIntent,
  charge: presentCharge,
  refund: presentRefund,
  balance_transaction: presentTransaction,
  checkout_session: presentSession,
  payout: presentPayout,
  webhook_endpoint: presentEndpoint,
  payment_code: presentPaymentCode,
}

export function seconds(ms: number): number {
  return Math.floor(ms / 1000)
}

function head(document: Document, object: string) {
  return {
    id: document.id,
    object,
    created: seconds(document.createdMs),
    livemode: isLive(document.shop),
  }
}

function presentCustomer(document: Document<'customer'>): Shown {
  const { name, email, phone, description, metadata, deleted } = document.body
  if (deleted) return { id: document.id, object: 'customer', deleted: true }
  return {
    ...head(document, 'customer'),
    address: null,
    balance: 0,
    currency: null,
    default_source: null,
    delinquent: false,
    description,
    discount: null,
    email,
    invoice_settings: {
      custom_fields: null,
      default_payment_method: null,
      footer: null,
      rendering_options: null,
    },
    metadata,
    name,
    phone,
    preferred_locales: [],
    shipping: null,
    tax_exempt: 'none',
    test_clock: null,
  }
}

const noBillingDetails = { address: null, email: null, name: null, phone: null, tax_id: null }

function presentPaymentMethod(document: Document<'payment_method'>): Shown {
  return {
    ...head(document, 'payment_method'),
    billing_details: noBillingDetails,
    customer: document.customer ?? null,
    metadata: document.body.metadata,
    type: 'wallet',
    wallet: {},
  }
}

/** Where the payer goes for an intent without a session. */
export function approvalPath(id: string, secret: string): string {
  return `/checkout/${id}_secret_${secret}`
}

function presentIntent(document: Document<'payment_intent'>, { publicUrl }: Links): Shown {
  const { id, body } = document
  const nextAction: JsonValue =
    body.status !== 'requires_action'
      ? null
      : {
          type: 'redirect_to_url',
          redirect_to_url: {
            return_url: body.returnUrl,
            url: `${publicUrl}${approvalPath(id, body.secret)}`,
          },
        }
  return {
    ...head(document, 'payment_intent'),
    amount: body.amount,
    amount_capturable: body.capturable,
    amount_details: { tip: {} },
    amount_received: body.received,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: { allow_redirects: 'always', enabled: true },
    canceled_at: body.canceledAt,
    cancellation_reason: body.cancellationReason,
    capture_method: body.captureMethod,
    client_secret: `${id}_secret_${body.secret}`,
    confirmation_method: 'automatic',
    currency: body.currency.toLowerCase(),
    customer: document.customer ?? null,
    description: body.description,
    last_payment_error: body.error && presentPaymentError(body.error, body.error.charge),
    latest_charge: body.charge,
    metadata: body.metadata,
    next_action: nextAction,
    on_behalf_of: null,
    payment_method: body.paymentMethod,
    payment_method_options: {},
    payment_method_types: ['wallet'],
    processing: null,
    receipt_email: body.receiptEmail,
    review: null,
    setup_future_usage: null,
    shipping: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: body.status,
    transfer_data: null,
    transfer_group: null,
  }
}

export function presentPaymentError(
  failure: { code: string; declineCode: string; message: string } | null,
  charge: string,
): JsonObject & { message: string } {
  const {
    code = 'card_declined',
    declineCode = 'generic_decline',
    message = 'The payment was declined.',
  } = failure ?? {}
  return { type: 'card_error', code, decline_code: declineCode, message, charge }
}

function presentCharge(document: Document<'charge'>, { publicUrl }: Links): Shown {
  const { id, body } = document
  const { failure } = body
  const held = body.holdEndsAt !== null
  return {
    ...head(document, 'charge'),
    amount: body.amount,
    amount_captured: body.captured,
    amount_refunded: body.refunded,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: body.transaction,
    billing_details: noBillingDetails,
    calculated_statement_descriptor: null,
    captured: body.captured > 0,
    currency: body.currency.toLowerCase(),
    customer: document.customer ?? null,
    description: body.description,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: failure?.code ?? null,
    failure_message: failure?.message ?? null,
    fraud_details: {},
    metadata: body.metadata,
    on_behalf_of: null,
    outcome: {
      network_status: failure ? 'declined_by_network' : 'approved_by_network',
      reason: failure?.declineCode ?? null,
      risk_level: 'not_assessed',
      seller_message: failure ? failure.message : 'Payment complete.',
      type: failure ? 'issuer_declined' : 'authorized',
    },
    paid: failure === null,
    payment_intent: document.intent ?? null,
    payment_method: body.paymentMethod,
    payment_method_details: {
      type: 'wallet',
      wallet: held ? { capture_before: body.holdEndsAt } : {},
    },
    receipt_email: body.receiptEmail,
    receipt_number: null,
    receipt_url: body.captured > 0 ? `${publicUrl}/checkout/receipts/${id}` : null,
    refunded: body.captured > 0 && body.refunded === body.captured,
    review: null,
    shipping: null,
    source: null,
    source_transfer: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: body.status,
    transfer_data: null,
    transfer_group: null,
  }
}

function presentRefund(document: Document<'refund'>): Shown {
  const { body } = document
  const { livemode: _, ...common } = head(document, 'refund')
  return {
    ...common,
    amount: body.amount,
    balance_transaction: body.transaction,
    charge: body.charge,
    currency: body.currency.toLowerCase(),
    destination_details: { type: 'wallet', wallet: {} },
    ...(body.failureReason === null ? {} : { failure_reason: body.failureReason }),
    metadata: body.metadata,
    payment_intent: document.intent ?? null,
    reason: body.reason,
    receipt_number: null,
    source_transfer_reversal: null,
    status: body.status,
    transfer_reversal: null,
  }
}

function presentTransaction(document: Document<'balance_transaction'>): Shown {
  const { id, createdMs, body } = document
  const { amount, fee, type, source, description } = body
  const currency = body.currency.toLowerCase()
  return {
    id,
    object: 'balance_transaction',
    amount,
    available_on: seconds(createdMs),
    balance_type: 'payments',
    created: seconds(createdMs),
    currency,
    description,
    exchange_rate: null,
    fee,
    fee_details:
      fee === 0 ? [] : [{ amount: fee, application: null, currency, description: 'Fee', type: 'stripe_fee' }],
    net: amount - fee,
    reporting_category: type === 'payout_failure' ? 'payout_reversal' : type,
    source,
    status: 'available',
    type,
  }
}

function presentSession(document: Document<'checkout_session'>, { publicUrl }: Links): Shown {
  const { id, body } = document
  return {
    ...head(document, 'checkout.session'),
    after_expiration: null,
    allow_promotion_codes: null,
    amount_subtotal: body.amount,
    amount_total: body.amount,
    automatic_tax: { enabled: false, liability: null, provider: null, status: null },
    billing_address_collection: null,
    cancel_url: body.cancelUrl,
    client_reference_id: body.clientReferenceId,
    client_secret: null,
    collected_information: null,
    consent: null,
    consent_collection: null,
    currency: body.currency.toLowerCase(),
    currency_conversion: null,
    custom_fields: [],
    custom_text: {
      after_submit: null,
      shipping_address: null,
      submit: null,
      terms_of_service_acceptance: null,
    },
    customer: document.customer ?? null,
    customer_creation: 'if_required',
    customer_details:
      body.customerEmail === null
        ? null
        : {
            email: body.customerEmail,
            name: null,
            phone: null,
            tax_exempt: 'none',
            tax_ids: null,
            address: null,
          },
    customer_email: body.customerEmail,
    discounts: [],
    expires_at: body.expiresAt,
    invoice: null,
    invoice_creation: null,
    locale: body.locale,
    metadata: body.metadata,
    mode: 'payment',
    // NOTSPEC: the intent is there from the beginning, as it was before version 2022-08-01, not only once somebody pays.
    payment_intent: document.intent ?? null,
    payment_link: null,
    payment_method_collection: 'if_required',
    payment_method_options: {},
    payment_method_types: ['wallet'],
    payment_status: body.paid ? 'paid' : 'unpaid',
    recovered_from: null,
    saved_payment_method_options: null,
    setup_intent: null,
    shipping_address_collection: null,
    shipping_cost: null,
    shipping_options: [],
    status: body.status,
    submit_type: null,
    subscription: null,
    success_url: body.successUrl,
    total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
    ui_mode: 'hosted_page',
    url: body.status === 'open' ? `${publicUrl}/checkout/${id}` : null,
  }
}

export function presentLineItems(session: Document<'checkout_session'>): JsonObject[] {
  const currency = session.body.currency.toLowerCase()
  return session.body.items.map(({ id, name, unitAmount, quantity }) => ({
    id,
    object: 'item',
    amount_discount: 0,
    amount_subtotal: unitAmount * quantity,
    amount_tax: 0,
    amount_total: unitAmount * quantity,
    currency,
    description: name,
    price: null,
    quantity,
  }))
}

function presentPayout(document: Document<'payout'>): Shown {
  const { body } = document
  return {
    ...head(document, 'payout'),
    amount: body.amount,
    application_fee: null,
    application_fee_amount: null,
    arrival_date: seconds(document.createdMs),
    automatic: body.automatic,
    balance_transaction: body.transaction,
    currency: body.currency.toLowerCase(),
    description: body.description,
    destination: null,
    failure_balance_transaction: null,
    failure_code: body.failureCode,
    failure_message: body.failureCode === null ? null : 'The wallet of the owner cannot take this payout.',
    metadata: body.metadata,
    method: 'instant',
    original_payout: null,
    reconciliation_status: body.automatic ? 'completed' : 'not_applicable',
    reversed_by: null,
    source_type: 'wallet',
    statement_descriptor: null,
    status: body.status,
    trace_id: null,
    type: 'wallet',
  }
}

/** The secret is shown once, by whoever creates the endpoint. */
function presentEndpoint(document: Document<'webhook_endpoint'>): Shown {
  const { url, events, description, metadata, disabled, deleted } = document.body
  if (deleted) return { id: document.id, object: 'webhook_endpoint', deleted: true }
  return {
    ...head(document, 'webhook_endpoint'),
    api_version: stripeVersion,
    application: null,
    description,
    enabled_events: events,
    metadata,
    status: disabled ? 'disabled' : 'enabled',
    url,
  }
}

/** https://docs.stripe.com/api/events/object */
export function presentEvent(shop: string, id: string, type: string, atMs: number, shown: Shown): string {
  return JSON.stringify({
    id,
    object: 'event',
    api_version: stripeVersion,
    created: seconds(atMs),
    data: { object: shown },
    livemode: isLive(shop),
    pending_webhooks: 0,
    request: { id: null, idempotency_key: null },
    type,
  })
}
