import Type from 'typebox'

const name = Type.String({ minLength: 1, maxLength: 80, pattern: '^[^\\u0000-\\u001f\\u007f]+$' })
const payouts = Type.Union([Type.Literal('manual'), Type.Literal('daily')])
const id = Type.String({ pattern: '^acct_[A-Za-z0-9]{12}$' })
const keyId = Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$' })

/** The caller chooses the id of a shop, so that a request whose answer was lost can be sent again. */
export const MerchantParams = Type.Object({ merchant: id })
export const MerchantBody = Type.Object({ name, payouts: Type.Optional(payouts) })
export const MerchantChange = Type.Object({ name: Type.Optional(name), payouts: Type.Optional(payouts) })
export const KeyParams = Type.Object({ merchant: id, key: keyId })
export const KeyBody = Type.Object({
  kind: Type.Union([Type.Literal('secret'), Type.Literal('publishable')]),
  live: Type.Boolean(),
})
export const KeyEnd = Type.Object({
  /** How long it still opens: time to bring in the one after it. */
  in_seconds: Type.Optional(Type.Integer({ minimum: 0, maximum: 7 * 86_400 })),
})
export const SettlementQuery = Type.Object({
  live: Type.Optional(Type.Union([Type.Literal('true'), Type.Literal('false')])),
  before: Type.Optional(Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' })),
})

export const PaymentParams = Type.Object({ payment: Type.String({ minLength: 1, maxLength: 200 }) })
/** What the person saw. */
export const ApproveBody = Type.Object({
  amount: Type.String({ pattern: '^[1-9]\\d{0,11}$' }),
  currency: Type.String({ pattern: '^[A-Z]{3}$' }),
})

/** As scanned. */
const payload = Type.String({ minLength: 1, maxLength: 512 })
export const ScanBody = Type.Object({ payload })
export const ScanParams = Type.Object({ id: Type.String({ pattern: '^[A-Za-z0-9._~-]{1,64}$' }) })
export const ScanPayment = Type.Object({ payload, ...ApproveBody.properties })

/** What a person sees who has scanned the QR code of a shop. */
export type ScanView = {
  merchant: string
  currency: string
  /** Null: the payer says how much. */
  amount: string | null
  description: string | null
  live: boolean
}

export type ScanPaymentView = {
  merchant: string
  currency: string
  amount: string
  status: string
  /** Why it failed; another try needs another id. */
  declined: string | null
  receipt_url: string | null
}

export type MerchantView = {
  id: string
  name: string
  payouts: 'manual' | 'daily'
  created_ms: number
}

export type PaymentView = {
  merchant: string
  amount: string
  currency: string
  description: string | null
  items: { name: string; amount: string; quantity: number }[]
  live: boolean
  /** Whether money is taken at once, or set aside until the shop takes it. */
  capture: 'automatic' | 'manual'
  status: string
  /** Why the last attempt failed. */
  declined: string | null
  return_url: string | null
}
