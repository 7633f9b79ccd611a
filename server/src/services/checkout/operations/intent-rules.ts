import { type Document, type IntentBody, isKind, isLive, type Metadata } from '../documents.ts'
import { testPayers } from '../money/test-purses.ts'
import { refuse } from '../refusals.ts'
import type { Draft } from '../store/draft.ts'
import { missing, readDocuments } from '../store/read.ts'
import { wrong } from '../stripe/fields.ts'
import { carryOutStep } from './carry-out-step.ts'
import { beginCharge, isBusy } from './charge-rules.ts'
import { type CheckoutDeps, newId, type Reply, replyOf } from './request.ts'

export type NewIntent = {
  amount: number
  currency: string
  captureMethod: 'automatic' | 'manual'
  customer: string | undefined
  description: string | null
  metadata: Metadata
  receiptEmail: string | null
  /** Confirms at once. */
  confirmation: Confirmation | undefined
  paymentMethod: string | undefined
}

export type Confirmation = {
  /** Undefined: the one that the intent has, or whatever wallet the payer brings. */
  paymentMethod: string | undefined
  returnUrl: string | undefined
  /** Without the payer being there: nobody has agreed to that. */
  offSession: boolean
  /** The one-time code that a person shows and the shop's till has scanned. */
  code?: string | undefined
}

export function draftIntent(
  deps: CheckoutDeps,
  draft: Draft,
  shop: string,
  wanted: Omit<NewIntent, 'confirmation'> & { session?: string },
): Document<'payment_intent'> {
  const body: IntentBody = {
    amount: wanted.amount,
    currency: wanted.currency,
    status: wanted.paymentMethod === undefined ? 'requires_payment_method' : 'requires_confirmation',
    captureMethod: wanted.captureMethod,
    capturable: 0,
    received: 0,
    secret: deps.random.text(32),
    description: wanted.description,
    metadata: wanted.metadata,
    paymentMethod: wanted.paymentMethod ?? null,
    returnUrl: null,
    receiptEmail: wanted.receiptEmail,
    session: wanted.session ?? null,
    attempts: 0,
    charge: null,
    error: null,
    canceledAt: null,
    cancellationReason: null,
    step: null,
  }
  const customer = wanted.customer === undefined ? {} : { customer: wanted.customer }
  return {
    shop,
    id: newId(deps.random, 'payment_intent', shop),
    kind: 'payment_intent',
    createdMs: draft.nowMs,
    ...customer,
    body,
  }
}

export function intentOf(draft: Draft, id: string): Document<'payment_intent'> {
  const intent = draft.get('payment_intent', id)
  if (!intent) throw missing('payment_intent', id, 'intent')
  return intent
}

export async function checkCustomer(deps: CheckoutDeps, shop: string, id: string | undefined): Promise<void> {
  if (id === undefined) return
  const found = (await readDocuments(deps.db, shop, [id])).get(id)
  if (!isKind(found, 'customer') || found.body.deleted) throw missing('customer', id, 'customer')
}

/** Throws unless this is a wallet of the shop's, or one for tests. */
export async function checkPaymentMethod(deps: CheckoutDeps, shop: string, id: string): Promise<void> {
  if (!isLive(shop) && Object.hasOwn(testPayers, id)) return
  const found = (await readDocuments(deps.db, shop, [id])).get(id)
  if (!isKind(found, 'payment_method')) throw missing('payment_method', id, 'payment_method')
}

export function confirm(
  deps: CheckoutDeps,
  draft: Draft,
  intent: Document<'payment_intent'>,
  { paymentMethod, returnUrl, offSession, code }: Confirmation,
  by: { key: string | null; title: string },
): Document<'payment_intent'> {
  requireStatus(intent, 'confirm', ['requires_payment_method', 'requires_confirmation', 'requires_action'])
  const chosen = paymentMethod ?? intent.body.paymentMethod
  const ready: Document<'payment_intent'> = {
    ...intent,
    body: {
      ...intent.body,
      paymentMethod: chosen,
      returnUrl: returnUrl ?? intent.body.returnUrl,
      error: null,
    },
  }
  if (code !== undefined) {
    requireCodesTaken(ready)
    return beginCharge(deps, draft, ready, { payer: '', code, ...by })
  }
  const payer = chosen === null || isLive(intent.shop) ? undefined : testPayers[chosen]
  if (payer !== undefined) return beginCharge(deps, draft, ready, { payer, ...by })
  if (offSession) throw refuse('checkout.authentication_required')
  ready.body.status = 'requires_action'
  draft.put(ready)
  draft.event('payment_intent.requires_action', deps.show(ready))
  return ready
}

/** A code pays at once, and it is a real person's. */
function requireCodesTaken({ shop, body }: Document<'payment_intent'>): void {
  const name = 'payment_method_data[wallet][code]'
  if (!isLive(shop))
    throw wrong(
      'checkout.parameter_invalid',
      name,
      'One-time codes pay on the live side only. On the test side use the payment method pm_test_wallet.',
    )
  if (body.captureMethod === 'manual')
    throw wrong(
      'checkout.parameter_invalid',
      name,
      'One-time codes pay at once: use capture_method=automatic.',
    )
}

export function requireStatus(
  intent: Document<'payment_intent'>,
  what: string,
  statuses: readonly string[],
): void {
  if (isBusy(intent.body)) throw refuse('checkout.lock_timeout')
  if (statuses.includes(intent.body.status)) return
  throw refuse('checkout.payment_intent_unexpected_state', {
    message: `You cannot ${what} this PaymentIntent because it has a status of ${intent.body.status}. Only a PaymentIntent with one of the following statuses may be used: ${statuses.join(', ')}.`,
  })
}

/** Carries out the step that a change has begun, if it has begun one. */
export async function goOn(
  deps: CheckoutDeps,
  changed: { result: Document<'payment_intent'> } | { earlier: { status: number; body: string } },
): Promise<Reply> {
  if ('earlier' in changed) return replyOf(changed)
  const { result: intent } = changed
  return intent.body.step === null ? replyOf({ result: deps.show(intent) }) : carryOutStep(deps, intent)
}
