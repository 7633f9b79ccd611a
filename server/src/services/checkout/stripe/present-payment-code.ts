import { type Document, isLive, type Shown } from '../documents.ts'

/** NOTSPEC: Stripe has no codes of this kind. Shown much as one of its payment links is. */
export function presentPaymentCode(
  { id, shop, createdMs, body }: Document<'payment_code'>,
  { publicUrl }: { publicUrl: string },
): Shown {
  const { payload, currency, amount, intent, description, metadata, active } = body
  const image = `${publicUrl}/checkout/codes/${id}`
  return {
    id,
    object: 'payment_code',
    active,
    amount,
    created: Math.floor(createdMs / 1000),
    currency: currency.toLowerCase(),
    data: payload,
    description,
    image_url_png: `${image}.png`,
    image_url_svg: `${image}.svg`,
    livemode: isLive(shop),
    metadata,
    payment_intent: intent,
    type: intent === null ? 'static' : 'dynamic',
  }
}
