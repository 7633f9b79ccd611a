import type { Refusal } from '../../../platform/refusal.ts'
import type { Document, Metadata } from '../documents.ts'
import { accountOf, client, tillOf } from '../money/till.ts'
import { refuse } from '../refusals.ts'
import type { Draft } from '../store/draft.ts'
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

export type PayoutRequest = {
  amount: number
  currency: string
  description: string | null
  metadata: Metadata
  automatic: boolean
}

/**
 * Pays a shop's money out to the wallet of its owner, from where it goes to their bank as any other money of theirs.
 * https://docs.stripe.com/api/payouts/create
 */
export async function payOut(
  deps: CheckoutDeps,
  request: ShopRequest,
  wanted: PayoutRequest,
): Promise<Reply> {
  const { shop, claim } = request
  const changed = await deps.store.change({
    shop,
    ids: [],
    claim,
    decide(draft) {
      const payout: Document<'payout'> = {
        shop,
        id: newId(deps.random, 'payout', shop),
        kind: 'payout',
        createdMs: draft.nowMs,
        dueAtMs: draft.nowMs + overdueMs,
        body: { ...wanted, status: 'pending', transaction: null, failureCode: null, key: keyOf(request) },
      }
      draft.put(payout)
      draft.event('payout.created', deps.show(payout))
      return payout
    },
  })
  return 'earlier' in changed ? replyOf(changed) : carryOutPayout(deps, changed.result)
}

export async function carryOutPayout(deps: CheckoutDeps, payout: Document<'payout'>): Promise<Reply> {
  const { shop, id, body } = payout
  const { amount, currency } = body
  const till = tillOf(deps.tills, shop)
  const owner = await deps.ownerOf(shop)
  await deps.openAccount(till, shop, currency)
  const refusal = await refusalOf(() =>
    till.purses.credit({
      client,
      id: moneyId(shop, id),
      userId: owner,
      payer: accountOf(shop, currency),
      currency,
      amount: BigInt(amount),
      memo: { title: 'Payout', reference: id },
    }),
  )
  return deps.store.apply({ shop, ids: [id], decide: (draft) => finish(deps, draft, id, refusal) })
}

function finish(deps: CheckoutDeps, draft: Draft, id: string, refusal: Refusal | undefined): Reply {
  const payout = draft.get('payout', id)
  if (!payout) throw new Error(`${id} is gone`)
  if (payout.body.status !== 'pending') return replyWith(deps, payout)
  const { dueAtMs: _, ...settled } = payout
  const done: Document<'payout'> = { ...settled, body: { ...payout.body } }
  if (refusal === undefined) {
    done.body.status = 'paid'
    done.body.transaction = putTransaction(deps, draft, done)
  } else {
    done.body.status = 'failed'
    done.body.failureCode =
      refusal.code === 'wallet.payer_unable' || refusal.code === 'ledger.funds_insufficient'
        ? 'insufficient_funds'
        : 'could_not_process'
  }
  draft.put(done)
  draft.event(refusal === undefined ? 'payout.paid' : 'payout.failed', deps.show(done))
  const reply = replyWith(deps, done)
  draft.answer(done.body.key, reply.status, reply.body)
  return reply
}

function replyWith(deps: CheckoutDeps, payout: Document<'payout'>): Reply {
  const { status, failureCode } = payout.body
  if (status !== 'failed') return { status: 200, body: deps.show(payout), replayed: false }
  return refusedWith(
    failureCode === 'insufficient_funds'
      ? refuse('checkout.balance_insufficient', 'The shop has too little money for this payout.')
      : refuse('checkout.payouts_not_allowed'),
  )
}

function putTransaction(deps: CheckoutDeps, draft: Draft, { shop, id, body }: Document<'payout'>): string {
  const transaction = newId(deps.random, 'balance_transaction', shop)
  const { amount, currency, description } = body
  draft.put({
    shop,
    id: transaction,
    kind: 'balance_transaction',
    createdMs: draft.nowMs,
    body: { type: 'payout', amount: -amount, fee: 0, currency, source: id, description },
  })
  return transaction
}
