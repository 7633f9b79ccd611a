import type { Refusal } from '../../../platform/refusal.ts'
import type { Document, Step } from '../documents.ts'
import { refuse } from '../refusals.ts'
import type { Draft } from '../store/draft.ts'
import { presentPaymentError } from '../stripe/present.ts'
import { failureOf, feeOf, takes } from './charge-rules.ts'
import { type CheckoutDeps, newId, nowSeconds, type Reply, refusedWith } from './request.ts'

type Parts = { intent: Document<'payment_intent'>; charge: Document<'charge'>; step: Step }

type Ended = { intentId: string; step: Step; payer?: string | undefined; refusal: Refusal | undefined }

/**
 * Writes what came of a step, tells the shop, and answers the request that waits for it. When somebody else has written it
 * already, gives what stands there.
 */
export function finishStep(
  deps: CheckoutDeps,
  draft: Draft,
  { intentId, step, payer, refusal }: Ended,
): Reply {
  const intent = draft.get('payment_intent', intentId)
  const charge = draft.get('charge', step.charge)
  if (!intent || !charge) throw new Error(`${intentId} or its charge is gone`)
  const current = intent.body.step
  if (current === null || current.kind !== step.kind || current.charge !== step.charge)
    return replyWith(deps, intent, charge)
  const { dueAtMs: _, ...settled } = intent
  const parts: Parts = { intent: { ...settled, body: { ...intent.body, step: null } }, charge, step }
  if (payer !== undefined) charge.body.payer = payer
  if (refusal === undefined) succeed(deps, draft, parts)
  else if (step.kind === 'charge') decline(deps, draft, parts, refusal)
  else lapse(deps, draft, parts)
  const reply = replyWith(deps, parts.intent, parts.charge)
  draft.answer(step.key, reply.status, reply.body)
  return reply
}

/** After a charge that failed the answer is the error; else the intent. */
function replyWith(
  deps: CheckoutDeps,
  intent: Document<'payment_intent'>,
  charge: Document<'charge'>,
): Reply {
  const shown = deps.show(intent)
  if (charge.body.status !== 'failed' || intent.body.charge !== charge.id)
    return { status: 200, body: shown, replayed: false }
  const { message, ...why } = presentPaymentError(intent.body.error ?? charge.body.failure, charge.id)
  return refusedWith(refuse('checkout.card_declined', { message, extra: { ...why, payment_intent: shown } }))
}

function succeed(deps: CheckoutDeps, draft: Draft, parts: Parts): void {
  const { intent, charge, step } = parts
  const { body } = intent
  if (step.kind === 'release') {
    cancel(deps, draft, parts, step.reason ?? null)
    return
  }
  body.error = null
  charge.body.status = 'succeeded'
  const taken = takes(step, charge.body)
  if (taken) {
    charge.body.captured = step.amount
    charge.body.transaction = putTransaction(deps, draft, charge, step.amount)
    body.status = 'succeeded'
    body.capturable = 0
    body.received = step.amount
  } else {
    body.status = 'requires_capture'
    body.capturable = step.amount
    intent.dueAtMs = (charge.body.holdEndsAt ?? 0) * 1000
  }
  draft.put(charge)
  draft.put(intent)
  if (taken) draft.event('payment_intent.succeeded', deps.show(intent))
  else draft.event('payment_intent.amount_capturable_updated', deps.show(intent))
  draft.event(step.kind === 'capture' ? 'charge.captured' : 'charge.succeeded', deps.show(charge))
  completeSession(deps, draft, intent, taken)
}

/** What a shop earned or gave back, as the line of its balance. */
function putTransaction(
  deps: CheckoutDeps,
  draft: Draft,
  charge: Document<'charge'>,
  amount: number,
): string {
  const id = newId(deps.random, 'balance_transaction', charge.shop)
  draft.put({
    shop: charge.shop,
    id,
    kind: 'balance_transaction',
    createdMs: draft.nowMs,
    ...(charge.intent === undefined ? {} : { intent: charge.intent }),
    body: {
      type: 'charge',
      amount,
      fee: feeOf(amount, charge.body.feeBasisPoints),
      currency: charge.body.currency,
      source: charge.id,
      description: charge.body.description,
    },
  })
  return id
}

function completeSession(
  deps: CheckoutDeps,
  draft: Draft,
  intent: Document<'payment_intent'>,
  paid: boolean,
): void {
  if (intent.body.session === null) return
  const session = draft.get('checkout_session', intent.body.session)
  if (!session || session.body.paid) return
  const wasOpen = session.body.status === 'open'
  const { dueAtMs: _, ...rest } = session
  const complete = { ...rest, body: { ...session.body, status: 'complete' as const, paid } }
  draft.put(complete)
  if (wasOpen) draft.event('checkout.session.completed', deps.show(complete))
}

/** The payer may try again, with this wallet or with another one. */
function decline(deps: CheckoutDeps, draft: Draft, { intent, charge }: Parts, refusal: Refusal): void {
  const failure = failureOf(refusal)
  charge.body.status = 'failed'
  charge.body.failure = failure
  intent.body.status = 'requires_payment_method'
  intent.body.error = { ...failure, charge: charge.id }
  intent.body.paymentMethod = null
  draft.put(charge)
  draft.put(intent)
  draft.event('payment_intent.payment_failed', deps.show(intent))
  draft.event('charge.failed', deps.show(charge))
}

/** The money that was set aside has gone back by itself before it was captured or released. */
function lapse(deps: CheckoutDeps, draft: Draft, parts: Parts): void {
  cancel(deps, draft, parts, 'automatic')
}

function cancel(deps: CheckoutDeps, draft: Draft, { intent, charge }: Parts, reason: string | null): void {
  intent.body.status = 'canceled'
  intent.body.capturable = 0
  intent.body.canceledAt = nowSeconds(draft.nowMs)
  intent.body.cancellationReason = reason
  charge.body.canceled = true
  draft.put(charge)
  draft.put(intent)
  draft.event('payment_intent.canceled', deps.show(intent))
}
