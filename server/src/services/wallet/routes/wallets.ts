import { callerOf } from '../../../platform/http/access.ts'
import type { App } from '../../../platform/http/http.ts'
import type { WalletService } from '../service.ts'
import {
  ActivityParams,
  CurrencyParams,
  FrozenBody,
  HistoryQuery,
  type HistoryView,
  LimitsBody,
  MonthsQuery,
} from '../wire.ts'
import { activityView, monthsView, walletView } from './views.ts'

const wallets = '/api/wallet/v1/wallets'
const reading = { access: 'user', limit: 'wallet-read' } as const
const writing = { access: 'user', limit: 'wallet-write', notSuspended: true } as const
const pageUsual = 30

/** What a person sees of their money, and what they allow themselves. */
export function walletRoutes(app: App, wallet: WalletService): void {
  app.get(wallets, { config: reading }, async (request) => {
    const { userId } = callerOf(request)
    const purses = await Promise.all(wallet.currencies.map((currency) => wallet.purse(userId, currency)))
    return { wallets: purses.map(walletView) }
  })

  app.get(`${wallets}/:currency`, { config: reading, schema: { params: CurrencyParams } }, async (request) =>
    walletView(await wallet.purse(callerOf(request).userId, request.params.currency)),
  )

  app.put(
    `${wallets}/:currency/frozen`,
    // Also for those who may do nothing else: a lost phone is frozen first.
    {
      config: { access: 'user', limit: 'wallet-write' },
      schema: { params: CurrencyParams, body: FrozenBody },
    },
    async (request) => {
      const { userId } = callerOf(request)
      const { currency } = request.params
      await wallet.freeze(userId, currency, request.body.frozen)
      return walletView(await wallet.purse(userId, currency))
    },
  )

  app.put(
    `${wallets}/:currency/limits`,
    { config: writing, schema: { params: CurrencyParams, body: LimitsBody } },
    async (request) => {
      const { userId } = callerOf(request)
      const { currency } = request.params
      const { transaction, day } = request.body
      await wallet.limit(userId, currency, {
        transaction: transaction === null ? null : BigInt(transaction),
        day: day === null ? null : BigInt(day),
      })
      return walletView(await wallet.purse(userId, currency))
    },
  )
}

export function historyRoutes(app: App, { history, accountOf }: WalletService): void {
  app.get(
    `${wallets}/:currency/history`,
    { config: reading, schema: { params: CurrencyParams, querystring: HistoryQuery } },
    async (request): Promise<HistoryView> => {
      const { userId } = callerOf(request)
      const { currency } = request.params
      await accountOf(userId, currency)
      const { search, kind, direction, from_ts: fromMs, to_ts: toMs, before, limit } = request.query
      const size = Math.min(limit === undefined ? pageUsual : Number(limit), 99)
      const found = await history.list(userId, currency, {
        ...(search !== undefined && { search }),
        ...(kind !== undefined && { kind }),
        ...(direction !== undefined && { direction }),
        ...(fromMs !== undefined && { fromMs: Number(fromMs) }),
        ...(toMs !== undefined && { toMs: Number(toMs) }),
        ...(before !== undefined && { before: Number(before) }),
        limit: size + 1,
      })
      const activities = found.slice(0, size).map(activityView)
      const last = activities.at(-1)
      return { activities, ...(found.length > size && last && { next: last.position }) }
    },
  )

  app.get(
    `${wallets}/:currency/history/:position`,
    { config: reading, schema: { params: ActivityParams } },
    async (request) => {
      const { userId } = callerOf(request)
      const { currency, position } = request.params
      await accountOf(userId, currency)
      return activityView(await history.activity(userId, currency, Number(position)))
    },
  )

  app.get(
    `${wallets}/:currency/months`,
    { config: reading, schema: { params: CurrencyParams, querystring: MonthsQuery } },
    async (request) => {
      const { userId } = callerOf(request)
      const { currency } = request.params
      await accountOf(userId, currency)
      return monthsView(await history.months(userId, currency, request.query))
    },
  )
}
