import { duration, integer, type Values } from '../../platform/config/settings.ts'

export const checkoutSettings = {
  feeBasisPoints: integer('Fee on what shops are paid, in hundredths of a percent. Test payments too.', 0, {
    min: 0,
    max: 5_000,
  }),
  holdTime: duration(
    'How long money that a shop set aside stays so before it goes back by itself.',
    7 * 86_400_000,
  ),
  requestsPerSecond: integer('Requests per second of one side of a shop; five times as many at once.', 100, {
    min: 1,
    max: 1_000_000,
  }),
  webhookPatience: duration(
    'How long an endpoint that does not answer is tried before an event is given up.',
    3 * 86_400_000,
  ),
}

export type CheckoutSettings = Values<typeof checkoutSettings>

/** The rate budgets of checkout; the last word of each key says what is counted. */
export function checkoutBudgets({ requestsPerSecond }: CheckoutSettings) {
  return {
    'checkout-shop': { perSecond: requestsPerSecond, burst: requestsPerSecond * 5 },
    'checkout-account': { perSecond: 5, burst: 50 },
    'checkout-address': { perSecond: 5, burst: 60 },
  }
}
