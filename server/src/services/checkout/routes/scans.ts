import { callerOf } from '../../../platform/http/access.ts'
import type { App } from '../../../platform/http/http.ts'
import { pngOf, svgOf } from '../codes/image.ts'
import { isKind, isLive } from '../documents.ts'
import { findScanned, payCode, readPaid } from '../operations/pay-code.ts'
import { type CheckoutDeps, shopOfId } from '../operations/request.ts'
import { refuse } from '../refusals.ts'
import { readDocuments } from '../store/read.ts'
import { ScanBody, ScanParams, ScanPayment, type ScanPaymentView, type ScanView } from '../wire.ts'

const config = { access: 'user', limit: 'checkout-account', notSuspended: true } as const
const open = { access: 'public', limit: 'checkout-address' } as const

/** What a person does who has scanned the QR code of a shop: look at what it asks for, and pay. */
export function scanRoutes(app: App, deps: CheckoutDeps & { publicUrl: string }): void {
  app.post(
    '/api/checkout/v1/scans',
    { config, schema: { body: ScanBody } },
    async (request): Promise<ScanView> => {
      const { code, intent } = await findScanned(deps, request.body.payload)
      const { currency, amount, description } = intent?.body ?? code.body
      return {
        merchant: await deps.titleOf(code.shop),
        currency,
        amount: amount === null ? null : String(amount),
        description,
        live: isLive(code.shop),
      }
    },
  )
  app.put(
    '/api/checkout/v1/scans/:id',
    { config, schema: { params: ScanParams, body: ScanPayment } },
    async (request): Promise<ScanPaymentView> => {
      const { payload, amount, currency } = request.body
      const { userId } = callerOf(request)
      const scanned = await findScanned(deps, payload)
      const { shop } = scanned.code
      const approval = { id: request.params.id, userId, amount: Number(amount), currency }
      const { intent, charge } = await readPaid(deps, shop, await payCode(deps, scanned, approval))
      return {
        merchant: await deps.titleOf(shop),
        currency: intent.body.currency,
        amount: String(intent.body.amount),
        status: intent.body.status,
        declined: intent.body.error?.declineCode ?? null,
        receipt_url:
          charge && charge.body.captured > 0 ? `${deps.publicUrl}/checkout/receipts/${charge.id}` : null,
      }
    },
  )
}

/** The code as an image, for whoever has its id: it hangs on a wall anyway. */
export function codeImageRoutes(app: App, deps: CheckoutDeps): void {
  app.get<{ Params: { id: string } }>('/checkout/codes/:id.svg', { config: open }, async (request, reply) =>
    reply
      .type('image/svg+xml')
      .headers(headers)
      .send(svgOf(await payloadOf(deps, request.params.id))),
  )
  app.get<{ Params: { id: string } }>('/checkout/codes/:id.png', { config: open }, async (request, reply) =>
    reply
      .type('image/png')
      .headers(headers)
      .send(await pngOf(await payloadOf(deps, request.params.id))),
  )
}

const headers = {
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
}

async function payloadOf({ db }: CheckoutDeps, id: string): Promise<string> {
  const shop = shopOfId(id)
  const code = shop === undefined ? undefined : (await readDocuments(db, shop, [id])).get(id)
  if (!isKind(code, 'payment_code') || !code.body.active) throw refuse('checkout.code_unknown')
  return code.body.payload
}
