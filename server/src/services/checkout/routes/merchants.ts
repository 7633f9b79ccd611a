import { callerOf } from '../../../platform/http/access.ts'
import type { App } from '../../../platform/http/http.ts'
import { settlementsOf } from '../jobs/settle-days.ts'
import type { ApiKey, Keys } from '../merchants/api-keys.ts'
import type { KnownMerchants } from '../merchants/known-merchants.ts'
import {
  changeMerchant,
  createMerchant,
  type Merchant,
  merchantsOf,
  requireMerchant,
} from '../merchants/merchants.ts'
import type { CheckoutDeps } from '../operations/request.ts'
import {
  KeyBody,
  KeyEnd,
  KeyParams,
  MerchantBody,
  MerchantChange,
  MerchantParams,
  type MerchantView,
  SettlementQuery,
} from '../wire.ts'

const base = '/api/checkout/v1/merchants'
const config = { access: 'user', limit: 'checkout-account', notSuspended: true } as const

/** What the owner of a shop does with their own session: the shop itself, and the keys with which its server works. */
export function merchantRoutes(
  app: App,
  deps: CheckoutDeps & { keys: Keys; merchants: KnownMerchants },
): void {
  const { db, keys, clock, merchants } = deps
  app.get(base, { config }, async (request) => ({
    merchants: (await merchantsOf(db, callerOf(request).userId)).map(view),
  }))
  app.put(
    `${base}/:merchant`,
    { config, schema: { params: MerchantParams, body: MerchantBody } },
    async (request) => {
      const { merchant: id } = request.params
      const { name, payouts = 'manual' } = request.body
      return view(await createMerchant(deps, { id, owner: callerOf(request).userId, name, payouts }))
    },
  )
  app.post(
    `${base}/:merchant`,
    { config, schema: { params: MerchantParams, body: MerchantChange } },
    async (request) => {
      const changed = await changeMerchant(
        db,
        callerOf(request).userId,
        request.params.merchant,
        request.body,
      )
      merchants.forget(request.params.merchant)
      return view(changed)
    },
  )

  app.get(`${base}/:merchant/keys`, { config, schema: { params: MerchantParams } }, async (request) => {
    const { id } = await requireMerchant(db, callerOf(request).userId, request.params.merchant)
    return { keys: (await keys.list(id)).map(viewKey) }
  })
  app.put(
    `${base}/:merchant/keys/:key`,
    { config, schema: { params: KeyParams, body: KeyBody } },
    async (request) => {
      const { merchant, key: id } = request.params
      await requireMerchant(db, callerOf(request).userId, merchant)
      const made = await keys.create(merchant, { id: `${merchant}/${id}`, ...request.body })
      return { ...viewKey(made), key: made.key }
    },
  )
  app.post(
    `${base}/:merchant/keys/:key/end`,
    { config, schema: { params: KeyParams, body: KeyEnd } },
    async (request) => {
      const { merchant, key: id } = request.params
      await requireMerchant(db, callerOf(request).userId, merchant)
      await keys.end(merchant, `${merchant}/${id}`, clock.now() + (request.body.in_seconds ?? 0) * 1000)
      return {}
    },
  )

  const read = { config, schema: { params: MerchantParams, querystring: SettlementQuery } }
  app.get(`${base}/:merchant/settlements`, read, async (request) => {
    const { id } = await requireMerchant(db, callerOf(request).userId, request.params.merchant)
    const { live = 'false', before } = request.query
    const days = await settlementsOf(deps, `${id}.${live === 'true' ? 'live' : 'test'}`, before)
    return { settlements: days.map(({ day, currency, body }) => ({ day, currency, ...body })) }
  })
}

function view({ id, name, payouts, createdMs }: Merchant): MerchantView {
  return { id, name, payouts, created_ms: createdMs }
}

function viewKey({ id, kind, live, hint, createdMs, endsMs }: ApiKey) {
  return { id: id.slice(id.indexOf('/') + 1), kind, live, hint, created_ms: createdMs, ends_ms: endsMs }
}
