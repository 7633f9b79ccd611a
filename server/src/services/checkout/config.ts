import { duration, integer, type Setting, text, type Values } from '../../platform/config/settings.ts'

export const checkoutSettings = {
  feeBasisPoints: integer('Fee on what shops are paid, in hundredths of a percent. Test payments too.', 0, {
    min: 0,
    max: 5_000,
  }),
  holdTime: duration(
    'How long money that a shop set aside stays so before it goes back by itself.',
    7 * 86_400_000,
  ),
  country: {
    ...text('Country that the QR codes of shops name: two letters of ISO 3166.', 'KR'),
    read(raw) {
      if (!/^[A-Z]{2}$/.test(String(raw))) throw new Error('must be two capital letters')
      return String(raw)
    },
  } satisfies Setting<string>,
  city: {
    ...text('City that the QR codes of shops name.', 'Seoul'),
    read(raw) {
      if (!/^[\x20-\x7e]{1,15}$/.test(String(raw))) throw new Error('must be 1 to 15 plain letters')
      return String(raw)
    },
  } satisfies Setting<string>,
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
