import Type from 'typebox'
import { callerOf } from '../../../platform/http/access.ts'
import type { App } from '../../../platform/http/http.ts'
import type { WalletService } from '../service.ts'
import { BankOrderBody, BankOrdersQuery, IdParams } from '../wire.ts'
import { bankOrderView } from './views.ts'

const orders = '/api/wallet/v1/bank-orders'
const pageUsual = 30
const PlaceBody = Type.Intersect([
  Type.Object({ direction: Type.Union([Type.Literal('in'), Type.Literal('out')]) }),
  BankOrderBody,
])

/** Money from a bank account into the wallet, and back. An order's id is the client's; the same again shows what has become of it. */
export function bankRoutes(app: App, wallet: WalletService): void {
  app.put(
    `${orders}/:id`,
    {
      config: { access: 'user', limit: 'wallet-bank', notSuspended: true },
      schema: { params: IdParams, body: PlaceBody },
    },
    async (request) => {
      const { direction, currency = wallet.currencies[0] ?? '', amount, bank_account } = request.body
      const order = await wallet.bank.place({
        userId: callerOf(request).userId,
        id: request.params.id,
        direction,
        currency,
        amount: BigInt(amount),
        bankAccount: bank_account,
      })
      return bankOrderView(order)
    },
  )

  app.get(
    `${orders}/:id`,
    { config: { access: 'user', limit: 'wallet-read' }, schema: { params: IdParams } },
    async (request) => bankOrderView(await wallet.bank.order(callerOf(request).userId, request.params.id)),
  )

  app.get(
    orders,
    { config: { access: 'user', limit: 'wallet-read' }, schema: { querystring: BankOrdersQuery } },
    async (request) => {
      const { before, limit } = request.query
      const size = Math.min(limit === undefined ? pageUsual : Number(limit), 99)
      const page = { limit: size + 1, ...(before !== undefined && { before }) }
      const found = await wallet.bank.orders(callerOf(request).userId, page)
      const shown = found.slice(0, size).map(bankOrderView)
      const last = shown.at(-1)
      return { orders: shown, ...(found.length > size && last && { next: last.reference }) }
    },
  )
}
