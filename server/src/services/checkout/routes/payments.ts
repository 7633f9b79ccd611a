import { callerOf } from '../../../platform/http/access.ts'
import type { App } from '../../../platform/http/http.ts'
import { isLive } from '../documents.ts'
import { approveIntent, findPayable, type Payable } from '../operations/approve-intent.ts'
import type { CheckoutDeps } from '../operations/request.ts'
import { ApproveBody, PaymentParams, type PaymentView } from '../wire.ts'

const base = '/api/checkout/v1/payments/:payment'
const config = { access: 'user', limit: 'checkout-account', notSuspended: true } as const

/** What a person does who was sent here to pay: look, and approve. `:payment` is the session's id or the client secret. */
export function paymentRoutes(app: App, deps: CheckoutDeps): void {
  app.get(base, { config, schema: { params: PaymentParams } }, async (request) =>
    viewOf(deps, await findPayable(deps, request.params.payment)),
  )
  app.put(
    `${base}/approve`,
    { config, schema: { params: PaymentParams, body: ApproveBody } },
    async (request) => {
      const { amount, currency } = request.body
      const payable = await findPayable(deps, request.params.payment)
      await approveIntent(deps, payable, {
        userId: callerOf(request).userId,
        amount: Number(amount),
        currency,
      })
      return viewOf(deps, await findPayable(deps, request.params.payment))
    },
  )
}

export async function viewOf(deps: CheckoutDeps, { intent, session }: Payable): Promise<PaymentView> {
  const { body, shop } = intent
  return {
    merchant: await deps.titleOf(shop),
    amount: String(body.amount),
    currency: body.currency,
    description: body.description,
    items: (session?.body.items ?? []).map(({ name, unitAmount, quantity }) => ({
      name,
      amount: String(unitAmount * quantity),
      quantity,
    })),
    live: isLive(shop),
    capture: body.captureMethod,
    status: session?.body.status === 'expired' ? 'canceled' : body.status,
    declined: body.error?.declineCode ?? null,
    return_url: returnUrlOf({ intent, session }),
  }
}

/** Where the payer goes afterwards. */
export function returnUrlOf({ intent, session }: Payable): string | null {
  if (!session) return intent.body.returnUrl
  return session.body.successUrl?.replaceAll('{CHECKOUT_SESSION_ID}', session.id) ?? null
}
