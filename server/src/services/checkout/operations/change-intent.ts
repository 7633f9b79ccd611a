import type { Metadata } from '../documents.ts'
import { mergeMetadata } from '../stripe/fields.ts'
import { checkCustomer, intentOf, requireStatus } from './intent-rules.ts'
import { type CheckoutDeps, keyOf, type Reply, replyOf, type ShopRequest } from './request.ts'

export type IntentChange = {
  id: string
  amount: number | undefined
  currency: string | undefined
  customer: string | undefined
  description: string | null | undefined
  receiptEmail: string | null | undefined
  metadata: Metadata | undefined
  captureMethod: 'automatic' | 'manual' | undefined
}

const payable = ['requires_payment_method', 'requires_confirmation', 'requires_action']

/**
 * What is to be paid can change until somebody pays; notes at any time. A person who has looked at the old amount cannot
 * approve the new one by mistake, since approving names the amount. https://docs.stripe.com/api/payment_intents/update
 */
export async function changeIntent(
  deps: CheckoutDeps,
  request: ShopRequest,
  change: IntentChange,
): Promise<Reply> {
  const { id, amount, currency, customer, captureMethod } = change
  const { shop, claim } = request
  await checkCustomer(deps, shop, customer)
  const changed = await deps.store.change({
    shop,
    ids: [id],
    claim,
    decide(draft) {
      const intent = intentOf(draft, id)
      const { body } = intent
      const touchesMoney = [amount, currency, customer, captureMethod].some((value) => value !== undefined)
      requireStatus(intent, 'update', touchesMoney || body.step !== null ? payable : [body.status])
      const updated = {
        ...intent,
        ...(customer === undefined ? {} : { customer }),
        body: {
          ...body,
          amount: amount ?? body.amount,
          currency: currency ?? body.currency,
          captureMethod: captureMethod ?? body.captureMethod,
          description: change.description === undefined ? body.description : change.description,
          receiptEmail: change.receiptEmail === undefined ? body.receiptEmail : change.receiptEmail,
          metadata: mergeMetadata(body.metadata, change.metadata),
        },
      }
      draft.put(updated)
      const shown = deps.show(updated)
      draft.answer(keyOf(request), 200, shown)
      return shown
    },
  })
  return replyOf(changed)
}
