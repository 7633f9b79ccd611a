import { callerOf } from '../../../platform/http/access.ts'
import type { App } from '../../../platform/http/http.ts'
import { referenceOf } from '../remittances/rows.ts'
import type { WalletService } from '../service.ts'
import {
  CodeBody,
  type CodeView,
  IdParams,
  OfflineKeyBody,
  OfflineKeyParams,
  type OfflineKeyView,
  RedemptionBody,
  type RedemptionView,
} from '../wire.ts'

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
      return { payload: shown.payload, currency, shown_ts: shown.shownAtMs, expires_ts: shown.expiresAtMs }
    },
  )

  offlineKeyRoutes(app, wallet)

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

/** What a phone does while it is connected, so that it can show codes when it is not. */
function offlineKeyRoutes(app: App, wallet: WalletService): void {
  app.put(
    '/api/wallet/v1/offline-keys/:key',
    { config: showing, schema: { params: OfflineKeyParams, body: OfflineKeyBody } },
    async (request): Promise<OfflineKeyView> => {
      const { public_key: written, currency = wallet.currencies[0] ?? '' } = request.body
      const wanted = { id: request.params.key, publicKey: Buffer.from(written, 'base64'), currency }
      const { id, endsAtMs, limits, left } = await wallet.offlineKeys.renew(callerOf(request).userId, wanted)
      return { key: id, currency, ends_ts: endsAtMs, payment_max: `${limits.payment}`, left: `${left}` }
    },
  )
  app.delete(
    '/api/wallet/v1/offline-keys/:key',
    { config: { access: 'user', limit: 'wallet-write' }, schema: { params: OfflineKeyParams } },
    async (request) => {
      await wallet.offlineKeys.end(callerOf(request).userId, request.params.key)
      return {}
    },
  )
}
