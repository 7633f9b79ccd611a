import { missing } from '../store/read.ts'
import { type Confirmation, checkPaymentMethod, confirm, goOn, intentOf } from './intent-rules.ts'
import { type CheckoutDeps, keyOf, type Reply, type ShopRequest } from './request.ts'

/**
 * Says that the shop is ready to be paid. A person then approves it (`approve-intent`), to whose page `next_action` leads;
 * with a payment method for tests the money is taken at once. https://docs.stripe.com/api/payment_intents/confirm
 */
export async function confirmIntent(
  deps: CheckoutDeps,
  request: ShopRequest,
  { id, secret, ...confirmation }: Confirmation & { id: string; secret?: string | undefined },
): Promise<Reply> {
  const { shop, claim } = request
  const title = await deps.titleOf(shop)
  if (confirmation.paymentMethod !== undefined)
    await checkPaymentMethod(deps, shop, confirmation.paymentMethod)
  const changed = await deps.store.change({
    shop,
    ids: [id],
    claim,
    decide(draft) {
      const intent = intentOf(draft, id)
      if (secret !== undefined && secret !== intent.body.secret)
        throw missing('payment_intent', id, 'client_secret')
      const left = confirm(deps, draft, intent, confirmation, { key: keyOf(request), title })
      if (left.body.step === null) draft.answer(keyOf(request), 200, deps.show(left))
      return left
    },
  })
  return goOn(deps, changed)
}
