import { encodeShopCode, plainName } from '../codes/merchant-presented.ts'
import { type Document, isLive, type Metadata } from '../documents.ts'
import type { Draft } from '../store/draft.ts'
import { missing } from '../store/read.ts'
import { mergeMetadata, wrong } from '../stripe/fields.ts'
import { confirm, intentOf, requireStatus } from './intent-rules.ts'
import { type CheckoutDeps, keyOf, newId, type Reply, replyOf, type ShopRequest } from './request.ts'

export type NewPaymentCode = {
  currency: string
  amount: number | null
  description: string | null
  metadata: Metadata
}

/** A QR code that a shop prints: whoever scans it pays the shop, as often as they like. */
export async function createStaticCode(
  deps: CheckoutDeps,
  request: ShopRequest,
  wanted: NewPaymentCode,
): Promise<Reply> {
  const { shop, claim } = request
  const title = await deps.titleOf(shop)
  const changed = await deps.store.change({
    shop,
    ids: [],
    claim,
    decide: (draft) =>
      leave(deps, draft, request, draftCode(deps, draft, shop, { ...wanted, intent: null, title })),
  })
  return replyOf(changed)
}

/** A QR code for one payment intent, which from then on waits for whoever scans it. */
export async function createIntentCode(
  deps: CheckoutDeps,
  request: ShopRequest,
  { intent: id, metadata }: { intent: string; metadata: Metadata },
): Promise<Reply> {
  const { shop, claim } = request
  const title = await deps.titleOf(shop)
  const changed = await deps.store.change({
    shop,
    ids: [id],
    claim,
    decide(draft) {
      const intent = intentOf(draft, id)
      requireStatus(intent, 'show a code for', [
        'requires_payment_method',
        'requires_confirmation',
        'requires_action',
      ])
      // A test payment method would pay by itself.
      const waiting = { ...intent, body: { ...intent.body, paymentMethod: null } }
      const confirmation = {
        paymentMethod: undefined,
        returnUrl: undefined,
        offSession: false,
      }
      const { body } = confirm(deps, draft, waiting, confirmation, { key: null, title })
      const { amount, currency, description } = body
      const about = { amount, currency, description, metadata, intent: id, title }
      return leave(deps, draft, request, draftCode(deps, draft, shop, about))
    },
  })
  return replyOf(changed)
}

/** Ends a code, takes it up again, or says something else about it. What it holds stays the same. */
export async function changeCode(
  deps: CheckoutDeps,
  request: ShopRequest,
  id: string,
  wanted: {
    active: boolean | undefined
    description: string | null | undefined
    metadata: Metadata | undefined
  },
): Promise<Reply> {
  const { shop, claim } = request
  const changed = await deps.store.change({
    shop,
    ids: [id],
    claim,
    decide(draft) {
      const code = draft.get('payment_code', id)
      if (!code) throw missing('payment_code', id)
      const { body } = code
      const { active = body.active, description = body.description } = wanted
      const metadata = mergeMetadata(body.metadata, wanted.metadata)
      return leave(deps, draft, request, { ...code, body: { ...body, active, description, metadata } })
    },
  })
  return replyOf(changed)
}

function draftCode(
  { random, settings }: CheckoutDeps,
  draft: Draft,
  shop: string,
  wanted: NewPaymentCode & { intent: string | null; title: string },
): Document<'payment_code'> {
  const { currency, amount, intent, description, metadata, title } = wanted
  const id = newId(random, 'payment_code', shop)
  const payload = encodeShopCode({
    id,
    dynamic: intent !== null,
    currency,
    amount: amount === null ? undefined : BigInt(amount),
    country: settings.country,
    name: plainName(title, 25, isLive(shop) ? 'Shop' : 'Test shop'),
    city: settings.city,
  })
  return {
    shop,
    id,
    kind: 'payment_code',
    createdMs: draft.nowMs,
    ...(intent !== null && { intent }),
    body: { payload, currency, amount, intent, description, metadata, active: true },
  }
}

function leave(deps: CheckoutDeps, draft: Draft, request: ShopRequest, code: Document<'payment_code'>) {
  if (code.body.amount !== null && code.body.payload.length > 512)
    throw wrong('checkout.amount_too_large', 'amount', 'The amount is too large for a code.')
  draft.put(code)
  const shown = deps.show(code)
  draft.answer(keyOf(request), 200, shown)
  return shown
}
