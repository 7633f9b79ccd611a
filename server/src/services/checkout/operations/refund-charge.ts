import type { Refusal } from '../../../platform/refusal.ts'
import { type Document, isKind, type Metadata } from '../documents.ts'
import { accountOf, client, tillOf } from '../money/till.ts'
import { refuse } from '../refusals.ts'
import type { Draft } from '../store/draft.ts'
import { missing, readDocuments } from '../store/read.ts'
import { wrong } from '../stripe/fields.ts'
import { moneyId, refusalOf } from './carry-out-step.ts'
import { overdueMs } from './charge-rules.ts'
import {
  type CheckoutDeps,
  keyOf,
  newId,
  type Reply,
  refusedWith,
  replyOf,
  type ShopRequest,
} from './request.ts'

export type RefundRequest = {
  intent: string | undefined
  charge: string | undefined
  amount: number | undefined
  reason: string | undefined
  metadata: Metadata
}

/**
 * Gives back what a charge has taken, or a part. What is to be given back is counted in the same commit as it is decided, so
 * that any number of refunds at once never give back more than was taken. https://docs.stripe.com/api/refunds/create
 */
export async function refundCharge(
  deps: CheckoutDeps,
  request: ShopRequest,
  wanted: RefundRequest,
): Promise<Reply> {
  const { shop, claim } = request
  const chargeId = wanted.charge ?? (await chargeOf(deps, shop, wanted.intent ?? ''))
  const changed = await deps.store.change({
    shop,
    ids: [chargeId],
    claim,
    decide(draft) {
      const charge = draft.get('charge', chargeId)
      if (!charge) throw missing('charge', chargeId, 'charge')
      const amount = refundable(charge, wanted.amount)
      draft.put({ ...charge, body: { ...charge.body, refunded: charge.body.refunded + amount } })
      const refund = draftRefund(deps, draft, charge, { ...wanted, amount, key: keyOf(request) })
      draft.put(refund)
      return refund
    },
  })
  if ('earlier' in changed) return replyOf(changed)
  return carryOutRefund(deps, changed.result)
}

async function chargeOf(deps: CheckoutDeps, shop: string, intentId: string): Promise<string> {
  const intent = (await readDocuments(deps.db, shop, [intentId])).get(intentId)
  if (!isKind(intent, 'payment_intent')) throw missing('payment_intent', intentId, 'payment_intent')
  const { charge } = intent.body
  if (charge === null)
    throw notRefundable(`This PaymentIntent (${intentId}) does not have a successful charge to refund.`)
  return charge
}

function refundable({ id, body }: Document<'charge'>, wanted: number | undefined): number {
  if (body.captured === 0) throw notRefundable(`Charge ${id} has not been captured.`)
  const left = body.captured - body.refunded
  if (left === 0) throw refuse('checkout.charge_already_refunded', `Charge ${id} has already been refunded.`)
  const amount = wanted ?? left
  if (amount > left)
    throw wrong(
      'checkout.amount_too_large',
      'amount',
      `Refund amount (${amount}) is greater than unrefunded amount on charge (${left}).`,
    )
  return amount
}

function notRefundable(message: string) {
  return refuse('checkout.charge_not_refundable', message)
}

function draftRefund(
  deps: CheckoutDeps,
  draft: Draft,
  charge: Document<'charge'>,
  wanted: { amount: number; reason: string | undefined; metadata: Metadata; key: string | null },
): Document<'refund'> {
  const { shop, intent } = charge
  return {
    shop,
    id: newId(deps.random, 'refund', shop),
    kind: 'refund',
    createdMs: draft.nowMs,
    dueAtMs: draft.nowMs + overdueMs,
    ...(intent === undefined ? {} : { intent }),
    body: {
      amount: wanted.amount,
      currency: charge.body.currency,
      charge: charge.id,
      status: 'pending',
      reason: wanted.reason ?? null,
      metadata: wanted.metadata,
      transaction: null,
      failureReason: null,
      key: wanted.key,
    },
  }
}

/** Pays the payer back out of the shop's account, once; what came of it is written by whoever comes first. */
export async function carryOutRefund(deps: CheckoutDeps, refund: Document<'refund'>): Promise<Reply> {
  const { shop, id, body } = refund
  const charge = await deps.charge(shop, body.charge)
  const { payer, title, currency } = charge.body
  const payment = {
    client,
    id: moneyId(shop, id),
    userId: payer,
    payer: accountOf(shop, currency),
    currency,
    amount: BigInt(body.amount),
    memo: { title, reference: charge.id },
  }
  const refusal = await refusalOf(() => tillOf(deps.tills, shop).purses.credit(payment))
  return deps.store.apply({
    shop,
    ids: [id, charge.id],
    decide: (draft) => finishRefund(deps, draft, { refundId: id, chargeId: charge.id, refusal }),
  })
}

function finishRefund(
  deps: CheckoutDeps,
  draft: Draft,
  { refundId, chargeId, refusal }: { refundId: string; chargeId: string; refusal: Refusal | undefined },
): Reply {
  const refund = draft.get('refund', refundId)
  const charge = draft.get('charge', chargeId)
  if (!refund || !charge) throw new Error(`${refundId} or its charge is gone`)
  if (refund.body.status !== 'pending') return replyWith(deps, refund)
  const { dueAtMs: _, ...settled } = refund
  const done: Document<'refund'> = { ...settled, body: { ...refund.body } }
  if (refusal === undefined) {
    done.body.status = 'succeeded'
    done.body.transaction = putTransaction(deps, draft, done)
    draft.put(done)
    draft.event('refund.created', deps.show(done))
    draft.event('charge.refunded', deps.show(charge))
  } else {
    done.body.status = 'failed'
    done.body.failureReason = 'insufficient_funds'
    draft.put(done)
    draft.put({ ...charge, body: { ...charge.body, refunded: charge.body.refunded - done.body.amount } })
    draft.event('refund.failed', deps.show(done))
  }
  const reply = replyWith(deps, done)
  draft.answer(done.body.key, reply.status, reply.body)
  return reply
}

function replyWith(deps: CheckoutDeps, refund: Document<'refund'>): Reply {
  if (refund.body.status !== 'failed') return { status: 200, body: deps.show(refund), replayed: false }
  return refusedWith(
    refuse('checkout.balance_insufficient', 'The shop has too little money for this refund.'),
  )
}

function putTransaction(
  deps: CheckoutDeps,
  draft: Draft,
  { shop, id, intent, body }: Document<'refund'>,
): string {
  const transaction = newId(deps.random, 'balance_transaction', shop)
  draft.put({
    shop,
    id: transaction,
    kind: 'balance_transaction',
    createdMs: draft.nowMs,
    ...(intent === undefined ? {} : { intent }),
    body: {
      type: 'refund',
      amount: -body.amount,
      fee: 0,
      currency: body.currency,
      source: id,
      description: null,
    },
  })
  return transaction
}
