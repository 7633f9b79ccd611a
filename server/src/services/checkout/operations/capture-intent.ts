import type { Document, IntentBody, Step } from '../documents.ts'
import type { Draft } from '../store/draft.ts'
import { wrong } from '../stripe/fields.ts'
import { overdueMs } from './charge-rules.ts'
import { goOn, intentOf, requireStatus } from './intent-rules.ts'
import { type CheckoutDeps, keyOf, nowSeconds, type Reply, type ShopRequest } from './request.ts'

/**
 * Takes money that was set aside, all or a part; the rest goes back to the payer in the same moment.
 * https://docs.stripe.com/api/payment_intents/capture
 */
export async function captureIntent(
  deps: CheckoutDeps,
  request: ShopRequest,
  { id, amount }: { id: string; amount: number | undefined },
): Promise<Reply> {
  const { shop, claim } = request
  const changed = await deps.store.change({
    shop,
    ids: [id],
    claim,
    decide(draft) {
      const intent = intentOf(draft, id)
      requireStatus(intent, 'capture', ['requires_capture'])
      const { capturable } = intent.body
      if (amount !== undefined && amount > capturable)
        throw wrong(
          'checkout.amount_too_large',
          'amount_to_capture',
          `The amount to capture (${amount}) is greater than what was authorized (${capturable}).`,
        )
      return begin(draft, intent, { kind: 'capture', amount: amount ?? capturable, key: keyOf(request) })
    },
  })
  return goOn(deps, changed)
}

const cancellable = [
  'requires_payment_method',
  'requires_capture',
  'requires_confirmation',
  'requires_action',
]

/** Nobody can pay it any more; money that was set aside goes back. https://docs.stripe.com/api/payment_intents/cancel */
export async function cancelIntent(
  deps: CheckoutDeps,
  request: ShopRequest,
  { id, reason }: { id: string; reason: string | undefined },
): Promise<Reply> {
  const { shop, claim } = request
  const changed = await deps.store.change({
    shop,
    ids: [id],
    claim,
    decide(draft) {
      const intent = intentOf(draft, id)
      requireStatus(intent, 'cancel', cancellable)
      const key = keyOf(request)
      if (intent.body.status === 'requires_capture')
        return begin(draft, intent, {
          kind: 'release',
          amount: intent.body.capturable,
          key,
          ...(reason === undefined ? {} : { reason }),
        })
      const canceled = withoutMoney(intent, draft.nowMs, reason ?? null)
      draft.put(canceled)
      draft.event('payment_intent.canceled', deps.show(canceled))
      draft.answer(key, 200, deps.show(canceled))
      return canceled
    },
  })
  return goOn(deps, changed)
}

/** The intent canceled before anybody paid. */
export function withoutMoney(
  intent: Document<'payment_intent'>,
  nowMs: number,
  cancellationReason: string | null,
): Document<'payment_intent'> {
  const over: Partial<IntentBody> = { status: 'canceled', canceledAt: nowSeconds(nowMs), cancellationReason }
  return { ...intent, body: { ...intent.body, ...over } }
}

export function begin(
  draft: Draft,
  intent: Document<'payment_intent'>,
  what: Pick<Step, 'kind' | 'amount' | 'key' | 'reason'>,
): Document<'payment_intent'> {
  const { charge } = intent.body
  if (charge === null) throw new Error(`${intent.id} has money set aside without a charge`)
  const step: Step = { ...what, charge, payer: '' }
  const begun = { ...intent, dueAtMs: draft.nowMs + overdueMs, body: { ...intent.body, step } }
  draft.put(begun)
  return begun
}
