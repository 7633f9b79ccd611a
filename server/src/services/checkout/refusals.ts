import { defineRefusals } from '../../platform/refusal.ts'

/**
 * The codes after the dot are those of Stripe's errors where Stripe has one: https://docs.stripe.com/error-codes
 */
export const refuse = defineRefusals({
  'checkout.merchant_unknown': { status: 404, errcode: 'M_NOT_FOUND', message: 'You have no such shop.' },
  'checkout.merchant_exists': {
    status: 409,
    errcode: 'M_UNKNOWN',
    message: 'There is a shop with this id already.',
  },
  'checkout.merchants_too_many': {
    status: 409,
    errcode: 'M_LIMIT_EXCEEDED',
    message: 'One person has at most 50 shops.',
  },
  'checkout.api_key_exists': {
    status: 409,
    errcode: 'M_UNKNOWN',
    message:
      'There is a key with this id already, or the shop has 100 keys. A key is shown only once: make another.',
  },
  'checkout.api_key_unknown': { status: 404, errcode: 'M_NOT_FOUND', message: 'The shop has no such key.' },
  'checkout.payment_unknown': { status: 404, errcode: 'M_NOT_FOUND', message: 'There is no such payment.' },
  'checkout.payment_over': {
    status: 409,
    errcode: 'M_UNKNOWN',
    message: 'This payment can no longer be approved.',
  },
  'checkout.payment_changed': {
    status: 409,
    errcode: 'M_UNKNOWN',
    message: 'The shop has changed what is to be paid. Look at it again.',
  },
  'checkout.code_malformed': {
    status: 400,
    errcode: 'M_INVALID_PARAM',
    message: 'This is not the QR code of a shop.',
  },
  'checkout.code_unknown': {
    status: 404,
    errcode: 'M_NOT_FOUND',
    message: 'No shop here has this QR code, or the shop has ended it.',
  },
  'checkout.code_amount_differs': {
    status: 409,
    errcode: 'M_UNKNOWN',
    message: 'The code is for another amount or currency. Look at it again.',
  },
  'checkout.api_key_missing': {
    status: 401,
    message: 'You did not provide an API key: send it as "Authorization: Bearer sk_test_..." .',
  },
  'checkout.api_key_invalid': { status: 401, message: 'Invalid API key provided.' },
  'checkout.account_invalid': {
    status: 403,
    message: 'The API key opens its own shop only, and Stripe-Account or Stripe-Context names another.',
  },
  'checkout.secret_key_required': {
    status: 403,
    message: 'This request needs a secret key; a publishable key may only look at and confirm a payment.',
  },
  'checkout.url_unknown': { status: 404, message: 'Unrecognized request URL.' },
  'checkout.rate_limit': { status: 429, message: 'Too many requests; wait a little.' },
  'checkout.body_unreadable': { status: 400, message: 'The body is not application/x-www-form-urlencoded.' },
  'checkout.parameter_missing': { status: 400, message: 'A required parameter is missing.' },
  'checkout.parameter_unknown': { status: 400, message: 'Received an unknown parameter.' },
  'checkout.parameter_invalid_integer': { status: 400, message: 'Invalid integer.' },
  'checkout.parameter_invalid_empty': { status: 400, message: 'A parameter must not be empty.' },
  'checkout.parameter_invalid': { status: 400, message: 'A parameter is not of the required form.' },
  'checkout.amount_too_small': { status: 400, message: 'The amount must be at least 1.' },
  'checkout.amount_too_large': { status: 400, message: 'The amount is too large.' },
  'checkout.currency_invalid': { status: 400, message: 'There is no such currency.' },
  'checkout.resource_missing': { status: 404, message: 'There is no such object.' },
  'checkout.expand_impossible': { status: 400, message: 'This property cannot be expanded.' },
  'checkout.idempotency_key_reused': {
    status: 400,
    message:
      'Keys for idempotent requests can only be used with the same parameters they were first used with.',
  },
  'checkout.idempotency_key_in_use': {
    status: 409,
    message: 'Another request with this idempotency key is being carried out. Please try again.',
  },
  'checkout.lock_timeout': {
    status: 409,
    message: 'This object is being changed by another request. Please try again.',
  },
  'checkout.payment_intent_unexpected_state': {
    status: 400,
    message: 'The payment intent is not in a state in which this can be done.',
  },
  'checkout.charge_already_refunded': { status: 400, message: 'The charge has been refunded already.' },
  'checkout.charge_not_refundable': { status: 400, message: 'There is no money to refund.' },
  'checkout.balance_insufficient': { status: 400, message: 'The shop has too little money.' },
  'checkout.payouts_not_allowed': {
    status: 400,
    message: "The wallet of the shop's owner cannot take this payout.",
  },
  'checkout.card_declined': { status: 402, message: 'The payment was declined.' },
  'checkout.authentication_required': {
    status: 402,
    message: 'The person has to approve this payment themselves.',
  },
  'checkout.form_stale': {
    status: 403,
    errcode: 'M_FORBIDDEN',
    message: 'This page is too old. Open it again.',
  },
  'checkout.session_over': { status: 400, message: 'This checkout session is no longer open.' },
})
