import { callerOf } from '../../../platform/http/access.ts'
import type { App } from '../../../platform/http/http.ts'
import { referenceOf } from '../remittances/rows.ts'
import type { WalletService } from '../service.ts'
import { CodeBody, type CodeView, IdParams, RedemptionBody, type RedemptionView } from '../wire.ts'

const showing = { access: 'user', limit: 'wallet-send', notSuspended: true } as const
const tilling = { access: 'user', limit: 'wallet-till', notSuspended: true } as const

/** At the counter: a person shows a one-time code, and whoever keeps the till is paid into their own wallet. */
export function counterRoutes(app: App, wallet: WalletService): void {
  app.post(
    '/api/wallet/v1/codes',
    { config: showing, schema: { body: CodeBody } },
    async (request): Promise<CodeView> => {
      const { secret, currency = wallet.currencies[0] ?? '' } = request.body
      const bytes = Buffer.from(secret, 'hex')
      const shown = await wallet.codes.show(callerOf(request).userId, { secret: bytes, currency })
      return { payload: shown.payload, currency, expires_ts: shown.expiresAtMs }
    },
  )

  app.put(
    '/api/wallet/v1/redemptions/:id',
    { config: tilling, schema: { params: IdParams, body: RedemptionBody } },
    async (request): Promise<RedemptionView> => {
      const { userId } = callerOf(request)
      const { code, currency = wallet.currencies[0] ?? '', amount, note } = request.body
      const [payee, title] = await Promise.all([
        wallet.accountOf(userId, currency),
        wallet.people.nameOf(userId),
      ])
      const paid = await wallet.redeem({
        client: 'till',
        // Two tills of two people may count alike.
        id: referenceOf(userId, request.params.id),
        code,
        payee,
        currency,
        amount: BigInt(amount),
        memo: { title, ...(note !== undefined && { note }) },
      })
      return { amount: `${paid.amount}`, currency, paid_ts: paid.atMs, position: paid.position }
    },
  )
}
