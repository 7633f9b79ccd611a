import {
  checkCustomer,
  checkPaymentMethod,
  confirm,
  draftIntent,
  goOn,
  type NewIntent,
} from './intent-rules.ts'
import { type CheckoutDeps, keyOf, type Reply, type ShopRequest } from './request.ts'

/** https://docs.stripe.com/api/payment_intents/create */
export async function createIntent(
  deps: CheckoutDeps,
  request: ShopRequest,
  wanted: NewIntent,
): Promise<Reply> {
  const { shop, claim } = request
  const { customer, paymentMethod, confirmation } = wanted
  const title = confirmation ? await deps.titleOf(shop) : ''
  await checkCustomer(deps, shop, customer)
  if (paymentMethod !== undefined) await checkPaymentMethod(deps, shop, paymentMethod)
  const changed = await deps.store.change({
    shop,
    ids: [],
    claim,
    decide(draft) {
      const intent = draftIntent(deps, draft, shop, wanted)
      draft.put(intent)
      draft.event('payment_intent.created', deps.show(intent))
      const left = confirmation
        ? confirm(deps, draft, intent, confirmation, { key: keyOf(request), title })
        : intent
      if (left.body.step === null) draft.answer(keyOf(request), 200, deps.show(left))
      return left
    },
  })
  return goOn(deps, changed)
}
