import type { App } from '../../../platform/http/http.ts'
import { checkoutPages } from '../page/routes.ts'
import type { CheckoutService } from '../service.ts'
import { stripeScope } from '../stripe/scope.ts'
import { customerRoutes, paymentMethodRoutes } from './customers.ts'
import { endpointRoutes, eventRoutes } from './events.ts'
import { merchantRoutes } from './merchants.ts'
import { balanceRoutes, refundRoutes } from './money-back.ts'
import { paymentCodeRoutes } from './payment-codes.ts'
import { paymentIntentRoutes } from './payment-intents.ts'
import { paymentRoutes } from './payments.ts'
import { codeImageRoutes, scanRoutes } from './scans.ts'
import { sessionRoutes } from './sessions.ts'

export async function checkoutRoutes(app: App, { deps }: CheckoutService): Promise<void> {
  merchantRoutes(app, deps)
  paymentRoutes(app, deps)
  scanRoutes(app, deps)
  codeImageRoutes(app, deps)
  await checkoutPages(app, deps)
  await stripeScope(app, deps, (api) => {
    customerRoutes(api, deps)
    paymentMethodRoutes(api, deps)
    paymentIntentRoutes(api, deps)
    refundRoutes(api, deps)
    sessionRoutes(api, deps)
    paymentCodeRoutes(api, deps)
    balanceRoutes(api, deps)
    eventRoutes(api, deps)
    endpointRoutes(api, deps)
  })
}
