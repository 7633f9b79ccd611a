import { callerOf } from '../../../platform/http/access.ts'
import type { App } from '../../../platform/http/http.ts'
import type { WalletService } from '../service.ts'
import { AskBody, AskParams, IdParams, ListQuery, PayAskParams } from '../wire.ts'
import { askView, remittanceView } from './views.ts'

const asks = '/api/wallet/v1/asks'
const reading = { access: 'user', limit: 'wallet-read' } as const
const sending = { access: 'user', limit: 'wallet-send', notSuspended: true } as const
const pageUsual = 30

/** Asking for money, and sharing a bill: the client says who pays how much. */
export function askRoutes(app: App, wallet: WalletService): void {
  app.put(
    `${asks}/:id`,
    { config: sending, schema: { params: IdParams, body: AskBody } },
    async (request) => {
      const { currency = wallet.currencies[0] ?? '', note, from } = request.body
      const ask = await wallet.asks.ask({
        asker: callerOf(request).userId,
        id: request.params.id,
        currency,
        ...(note !== undefined && { note }),
        shares: from.map(({ user_id, amount }) => ({ person: user_id, amount: BigInt(amount) })),
      })
      return askView(ask)
    },
  )

  app.delete(`${asks}/:id`, { config: sending, schema: { params: IdParams } }, async (request) =>
    askView(await wallet.asks.withdraw(callerOf(request).userId, request.params.id)),
  )

  app.get(asks, { config: reading, schema: { querystring: ListQuery } }, async (request) => {
    const { limit } = request.query
    const size = limit === undefined ? pageUsual : Number(limit)
    return { asks: (await wallet.asks.list(callerOf(request).userId, size)).map(askView) }
  })

  app.get(`${asks}/:asker/:id`, { config: reading, schema: { params: AskParams } }, async (request) => {
    const { asker, id } = request.params
    return askView(await wallet.asks.read(callerOf(request).userId, asker, id))
  })

  app.put(
    `${asks}/:asker/:id/payments/:remittance`,
    { config: sending, schema: { params: PayAskParams } },
    async (request) => {
      const { userId } = callerOf(request)
      return remittanceView(await wallet.asks.pay(userId, request.params), userId)
    },
  )
}
