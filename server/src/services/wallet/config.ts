import { duration, type Setting, text, type Values } from '../../platform/config/settings.ts'
import type { Budget } from '../../platform/http/rate-limits.ts'
import { exponentOf } from '../../platform/money/currencies.ts'

/** What a wallet of a currency may do, in minor units. */
export type Limits = {
  /** Most that one payment may be. */
  transaction: bigint
  /** Most that may be paid on one day. */
  day: bigint
  /** Most that may lie in the wallet by what people pay in. */
  balance: bigint
}

/** What codes that a phone shows without a connection may pay, in minor units. */
export type OfflineLimits = { payment: bigint; untilConnected: bigint }

export const walletSettings = {
  currencies: currencyLimits(
    'Currencies in which people have wallets, with the most that one payment, one day and the balance may be, in minor units. The first is the one meant when none is named.',
    'KRW 2000000 5000000 10000000',
  ),
  timeZone: {
    ...text('Time zone that says when a day or a month begins.', 'Asia/Seoul'),
    read(raw) {
      const zone = String(raw)
      try {
        new Intl.DateTimeFormat('en', { timeZone: zone })
      } catch {
        throw new Error('must be a time zone such as Asia/Seoul')
      }
      return zone
    },
  } satisfies Setting<string>,
  cancelWindow: duration(
    'How long money that was sent to a person can be cancelled; then it arrives.',
    30_000,
  ),
  codeLifetime: duration('How long a one-time code for the counter is good.', 180_000),
  offlineLimits: {
    doc: 'The most that one code may pay which a phone without a connection shows, and all of them together until it is connected again, in minor units. Default: "KRW 50000 150000".',
    fallback: readOfflineLimits('KRW 50000 150000'),
    read: (raw) => readOfflineLimits(String(raw)),
  } satisfies Setting<ReadonlyMap<string, OfflineLimits>>,
  offlineTime: duration('How long after it was last connected a phone may show such codes.', 72 * 3_600_000),
  claimTime: duration('How long money that somebody has to claim waits before it goes back.', 24 * 3_600_000),
}

export type WalletSettings = Values<typeof walletSettings>

function currencyLimits(doc: string, fallback: string): Setting<ReadonlyMap<string, Limits>> {
  return {
    doc: `${doc} Default: "${fallback}".`,
    fallback: readLimits(fallback),
    read: (raw) => readLimits(String(raw)),
  }
}

/** A list such as `KRW 50000 150000, USD 4000 12000`. */
function readOfflineLimits(written: string): ReadonlyMap<string, OfflineLimits> {
  const problem = 'must be a list such as KRW 50000 150000, USD 4000 12000'
  const limits = new Map<string, OfflineLimits>()
  for (const part of written.split(',')) {
    const [, currency = '', one = '', all = ''] =
      /^([A-Z]{3}) +([1-9]\d{0,17}) +([1-9]\d{0,17})$/.exec(part.trim()) ?? []
    if (exponentOf(currency) === undefined || limits.has(currency)) throw new Error(problem)
    limits.set(currency, { payment: BigInt(one), untilConnected: BigInt(all) })
  }
  return limits
}

/** A list such as `KRW 2000000 5000000 10000000, USD ...`. */
export function readLimits(written: string): ReadonlyMap<string, Limits> {
  const problem = 'must be a list such as KRW 2000000 5000000 10000000, USD 200000 500000 1000000'
  const limits = new Map<string, Limits>()
  for (const part of written.split(',')) {
    const [currency = '', ...amounts] = part.trim().split(/\s+/)
    if (exponentOf(currency) === undefined || amounts.length !== 3 || limits.has(currency))
      throw new Error(problem)
    if (!amounts.every((amount) => /^[1-9]\d{0,17}$/.test(amount))) throw new Error(problem)
    const [transaction = 0n, day = 0n, balance = 0n] = amounts.map(BigInt)
    limits.set(currency, { transaction, day, balance })
  }
  return limits
}

/** Rate budgets of this service's routes. */
export const walletBudgets = {
  'wallet-read': { perSecond: 10, burst: 100 },
  'wallet-write': { perSecond: 2, burst: 30 },
  'wallet-send': { perSecond: 0.5, burst: 20 },
  'wallet-till': { perSecond: 5, burst: 50 },
  // What could be used to find out about people, or to guess links.
  'wallet-look': { perSecond: 1 / 30, burst: 20 },
  'wallet-bank': { perSecond: 0.2, burst: 20 },
} satisfies Record<string, Budget>
