import { timingSafeEqual } from 'node:crypto'
import type { Document } from '../documents.ts'
import { isKind } from '../documents.ts'
import { refuse } from '../refusals.ts'
import { readDocuments } from '../store/read.ts'
import { carryOutStep } from './carry-out-step.ts'
import { beginCharge, isBusy } from './charge-rules.ts'
import { intentOf } from './intent-rules.ts'
import { type CheckoutDeps, type Reply, shopOfId } from './request.ts'

/** What a person is asked to pay, with the session that it belongs to. */
export type Payable = {
  intent: Document<'payment_intent'>
  session: Document<'checkout_session'> | undefined
}

/**
 * Finds what a payer was sent to by the id in their hands: that of a checkout session, or the client secret of a payment
 * intent. Both are random and unguessable. Throws `checkout.payment_unknown`.
 */
export async function findPayable(deps: CheckoutDeps, handle: string): Promise<Payable> {
  const [id = '', secret = ''] = handle.split('_secret_')
  const shop = shopOfId(id)
  const found = shop === undefined ? undefined : (await readDocuments(deps.db, shop, [id])).get(id)
  if (isKind(found, 'checkout_session')) {
    const intent = (await readDocuments(deps.db, found.shop, [found.intent ?? ''])).get(found.intent ?? '')
    if (!isKind(intent, 'payment_intent')) throw refuse('checkout.payment_unknown')
    return { intent, session: found }
  }
  if (!isKind(found, 'payment_intent') || !equal(found.body.secret, secret))
    throw refuse('checkout.payment_unknown')
  return { intent: found, session: undefined }
}

function equal(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}

export type Approval = {
  userId: string
  /** What the person saw: an intent that was changed since is not paid. */
  amount: number
  currency: string
}

/**
 * A person pays: at once, or their money is set aside where the shop captures later. Repeating it after it was done gives
 * what it came to, so a person whose site failed over can press again. Declines are part of the reply.
 */
export async function approveIntent(
  deps: CheckoutDeps,
  { intent, session }: Payable,
  approval: Approval,
): Promise<Reply> {
  const { shop, id } = intent
  const title = await deps.titleOf(shop)
  const begun = await deps.store.apply({
    shop,
    ids: [id, ...(session ? [session.id] : []), ...(intent.body.charge === null ? [] : [intent.body.charge])],
    decide(draft) {
      const current = intentOf(draft, id)
      const { body } = current
      if (isPaidBy(draft.get('charge', body.charge ?? ''), approval.userId)) return current
      const offered = session ? draft.get('checkout_session', session.id) : undefined
      requirePayable(current, offered)
      if (body.amount !== approval.amount || body.currency !== approval.currency)
        throw refuse('checkout.payment_changed')
      return beginCharge(deps, draft, current, { payer: approval.userId, key: null, title })
    },
  })
  if (begun.body.step?.kind === 'charge') return carryOutStep(deps, begun)
  return { status: 200, body: deps.show(begun), replayed: true }
}

function isPaidBy(charge: Document<'charge'> | undefined, userId: string): boolean {
  return charge !== undefined && charge.body.payer === userId && charge.body.status === 'succeeded'
}

function requirePayable(
  { body }: Document<'payment_intent'>,
  session: Document<'checkout_session'> | undefined,
): void {
  if (isBusy(body)) throw refuse('checkout.lock_timeout')
  const open = session?.body.status === 'open'
  const allowed = open
    ? ['requires_payment_method', 'requires_confirmation', 'requires_action']
    : ['requires_action']
  if (!allowed.includes(body.status) || (session && !open)) throw refuse('checkout.payment_over')
}
