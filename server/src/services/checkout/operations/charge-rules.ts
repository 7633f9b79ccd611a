import type { Refusal } from '../../../platform/refusal.ts'
import type { ChargeBody, Document, IntentBody, Step } from '../documents.ts'
import { accountOf, clearingAccount } from '../money/till.ts'
import type { Draft } from '../store/draft.ts'
import { type CheckoutDeps, newId, nowSeconds } from './request.ts'

/** A step is carried on by a job when whoever began it has not ended it by then. */
export const overdueMs = 5_000

/** Who pays, or what says who that is; the request whose answer waits for it; and what the payer reads. */
export type Paying = { payer: string; code?: string; key: string | null; title: string }

/** Begins to take the money of an intent from somebody who agreed. Leaves the step in the draft; `carry-out-step` does it. */
export function beginCharge(
  deps: CheckoutDeps,
  draft: Draft,
  intent: Document<'payment_intent'>,
  by: Paying,
): Document<'payment_intent'> {
  const { shop, body } = intent
  const charge: Document<'charge'> = {
    shop,
    id: newId(deps.random, 'charge', shop),
    kind: 'charge',
    createdMs: draft.nowMs,
    intent: intent.id,
    ...(intent.customer === undefined ? {} : { customer: intent.customer }),
    body: newCharge(deps, draft.nowMs, intent, by),
  }
  const begun: Document<'payment_intent'> = {
    ...intent,
    dueAtMs: draft.nowMs + overdueMs,
    body: {
      ...body,
      status: 'processing',
      attempts: body.attempts + 1,
      charge: charge.id,
      step: {
        kind: 'charge',
        charge: charge.id,
        payer: by.payer,
        ...(by.code !== undefined && { code: by.code }),
        amount: body.amount,
        key: by.key,
      },
    },
  }
  draft.put(charge)
  draft.put(begun)
  return begun
}

function newCharge(
  { settings }: CheckoutDeps,
  nowMs: number,
  { shop, body }: Document<'payment_intent'>,
  by: { payer: string; title: string },
): ChargeBody {
  const { feeBasisPoints, holdTime } = settings
  return {
    amount: body.amount,
    currency: body.currency,
    captured: 0,
    refunded: 0,
    status: 'pending',
    payer: by.payer,
    paymentMethod: body.paymentMethod,
    description: body.description,
    metadata: body.metadata,
    receiptEmail: body.receiptEmail,
    payee: feeBasisPoints > 0 ? clearingAccount(body.currency) : accountOf(shop, body.currency),
    title: by.title,
    feeBasisPoints,
    holdEndsAt: body.captureMethod === 'manual' ? nowSeconds(nowMs + holdTime) : null,
    failure: null,
    transaction: null,
    canceled: false,
  }
}

/** Rounded down: in doubt for the shop. */
export function feeOf(amount: number, basisPoints: number): number {
  return Number((BigInt(amount) * BigInt(basisPoints)) / 10_000n)
}

/** Why a payment was declined, in the words of https://docs.stripe.com/declines/codes */
const declines: Readonly<Record<string, string>> = {
  'wallet.funds_insufficient': 'insufficient_funds',
  'ledger.funds_insufficient': 'insufficient_funds',
  'wallet.limit_exceeded': 'withdrawal_count_limit_exceeded',
  'wallet.currency_unsupported': 'currency_not_supported',
  'wallet.currency_mismatch': 'currency_not_supported',
  'wallet.self_payment': 'transaction_not_allowed',
  'wallet.frozen': 'do_not_honor',
  'ledger.account_frozen': 'do_not_honor',
  'wallet.code_unknown': 'incorrect_number',
  'wallet.code_expired': 'expired_card',
  'wallet.code_used': 'duplicate_transaction',
}

const explanations: Readonly<Record<string, string>> = {
  insufficient_funds: 'The wallet has too little money.',
  withdrawal_count_limit_exceeded: 'The payment is more than the limits of the wallet allow.',
  currency_not_supported: 'The wallet does not support this currency.',
  transaction_not_allowed: 'This wallet cannot pay this shop.',
  incorrect_number: 'This is no code of ours.',
  expired_card: 'The code has expired; a new one has to be shown.',
  duplicate_transaction: 'The code has been used; a new one has to be shown.',
}

export function failureOf(refusal: Refusal): NonNullable<ChargeBody['failure']> {
  const declineCode = declines[refusal.code] ?? 'generic_decline'
  return {
    code: 'card_declined',
    declineCode,
    message: explanations[declineCode] ?? 'The payment was declined.',
  }
}

/** An intent whose money is being moved just now cannot be changed. */
export function isBusy({ step }: IntentBody): boolean {
  return step !== null
}

/** Whether the step, once done, has brought money to the shop. */
export function takes(step: Step, { holdEndsAt }: ChargeBody): boolean {
  return step.kind === 'capture' || (step.kind === 'charge' && holdEndsAt === null)
}
