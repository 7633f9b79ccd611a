import type { Document, Metadata } from '../documents.ts'
import { refuse } from '../refusals.ts'
import { missing, readDocument } from '../store/read.ts'
import { amountMax, wrong } from '../stripe/fields.ts'
import { withoutMoney } from './capture-intent.ts'
import { isBusy } from './charge-rules.ts'
import { checkCustomer, draftIntent, type NewIntent } from './intent-rules.ts'
import {
  type CheckoutDeps,
  keyOf,
  newId,
  nowSeconds,
  type Reply,
  replyOf,
  type ShopRequest,
} from './request.ts'

export type NewSession = {
  items: { name: string; unitAmount: number; quantity: number }[]
  currency: string
  intent: Pick<NewIntent, 'captureMethod' | 'description' | 'metadata'>
  customer: string | undefined
  customerEmail: string | null
  successUrl: string | null
  cancelUrl: string | null
  clientReferenceId: string | null
  /** Unix seconds. */
  expiresAt: number | undefined
  locale: string | null
  metadata: Metadata
}

const lifetimeSeconds = 24 * 3600
const lifetimeMinSeconds = 30 * 60

/** A page of this node on which a person pays, with the intent that they pay. https://docs.stripe.com/api/checkout/sessions/create */
export async function createSession(
  deps: CheckoutDeps,
  request: ShopRequest,
  wanted: NewSession,
): Promise<Reply> {
  const { shop, claim } = request
  const amount = wanted.items.reduce((sum, { unitAmount, quantity }) => sum + unitAmount * quantity, 0)
  if (amount > amountMax)
    throw wrong('checkout.amount_too_large', 'line_items', `The total must be no more than ${amountMax}.`)
  if (amount < 1) throw wrong('checkout.amount_too_small', 'line_items', 'The total must be at least 1.')
  await checkCustomer(deps, shop, wanted.customer)
  const changed = await deps.store.change({
    shop,
    ids: [],
    claim,
    decide(draft) {
      const id = newId(deps.random, 'checkout_session', shop)
      const now = nowSeconds(draft.nowMs)
      const expiresAt = wanted.expiresAt ?? now + lifetimeSeconds
      if (expiresAt < now + lifetimeMinSeconds || expiresAt > now + lifetimeSeconds)
        throw wrong(
          'checkout.parameter_invalid',
          'expires_at',
          'The expires_at timestamp must be from 30 minutes to 24 hours from now.',
        )
      const money = { amount, currency: wanted.currency, receiptEmail: wanted.customerEmail }
      const { customer, intent: about } = wanted
      const intent = draftIntent(deps, draft, shop, {
        ...money,
        ...about,
        customer,
        paymentMethod: undefined,
        session: id,
      })
      const session = draftSession(deps, wanted, { shop, id, intent, expiresAt, createdMs: draft.nowMs })
      draft.put(intent)
      draft.put(session)
      draft.event('payment_intent.created', deps.show(intent))
      const shown = deps.show(session)
      draft.answer(keyOf(request), 200, shown)
      return shown
    },
  })
  return replyOf(changed)
}

function draftSession(
  deps: CheckoutDeps,
  wanted: NewSession,
  {
    shop,
    id,
    intent,
    expiresAt,
    createdMs,
  }: { shop: string; id: string; intent: Document<'payment_intent'>; expiresAt: number; createdMs: number },
): Document<'checkout_session'> {
  const {
    items,
    currency,
    customer,
    customerEmail,
    successUrl,
    cancelUrl,
    clientReferenceId,
    locale,
    metadata,
  } = wanted
  return {
    shop,
    id,
    kind: 'checkout_session',
    createdMs,
    intent: intent.id,
    ...(customer === undefined ? {} : { customer }),
    dueAtMs: expiresAt * 1000,
    body: {
      status: 'open',
      amount: intent.body.amount,
      currency,
      items: items.map((item) => ({ id: `li_${deps.random.text(24)}`, ...item })),
      successUrl,
      cancelUrl,
      clientReferenceId,
      customerEmail,
      expiresAt,
      locale,
      metadata,
      paid: false,
    },
  }
}

/** Nobody can pay it any more; its intent is canceled. https://docs.stripe.com/api/checkout/sessions/expire */
export async function expireSession(deps: CheckoutDeps, request: ShopRequest, id: string): Promise<Reply> {
  const { shop, claim } = request
  const { intent: intentId } = await readDocument(deps.db, shop, 'checkout_session', id)
  const changed = await deps.store.change({
    shop,
    ids: [id, intentId ?? ''],
    claim,
    decide(draft) {
      const session = draft.get('checkout_session', id)
      const intent = draft.get('payment_intent', intentId ?? '')
      if (!session || !intent) throw missing('checkout.session', id, 'session')
      if (isBusy(intent.body)) throw refuse('checkout.lock_timeout')
      if (session.body.status !== 'open')
        throw refuse(
          'checkout.session_over',
          `Only Checkout Sessions with a status in ["open"] can be expired. This one is ${session.body.status}.`,
        )
      const { dueAtMs: _, ...rest } = session
      const expired = { ...rest, body: { ...session.body, status: 'expired' as const } }
      draft.put(expired)
      const shown = deps.show(expired)
      draft.event('checkout.session.expired', shown)
      if (intent.body.status !== 'canceled') {
        const canceled = withoutMoney(intent, draft.nowMs, 'abandoned')
        draft.put(canceled)
        draft.event('payment_intent.canceled', deps.show(canceled))
      }
      draft.answer(keyOf(request), 200, shown)
      return shown
    },
  })
  return replyOf(changed)
}
