import type { JsonObject } from '../../platform/json.ts'

/**
 * What a shop works with, as it is kept. Amounts are whole minor units below 10^12, which a double holds exactly; they
 * become `bigint` where money is moved. Times in bodies are Unix seconds, as they go to the shop.
 */
export type Bodies = {
  customer: CustomerBody
  payment_method: PaymentMethodBody
  payment_intent: IntentBody
  charge: ChargeBody
  refund: RefundBody
  balance_transaction: TransactionBody
  checkout_session: SessionBody
  payout: PayoutBody
  webhook_endpoint: EndpointBody
  payment_code: PaymentCodeBody
}

export type Kind = keyof Bodies

export type Document<K extends Kind = Kind> = {
  shop: string
  id: string
  kind: K
  createdMs: number
  /** The payment intent that it belongs to. */
  intent?: string
  customer?: string
  dueAtMs?: number
  body: Bodies[K]
}

export type Metadata = Record<string, string>

export type CustomerBody = {
  name: string | null
  email: string | null
  phone: string | null
  description: string | null
  metadata: Metadata
  deleted: boolean
}

export type PaymentMethodBody = { metadata: Metadata }

export type IntentStatus =
  | 'requires_payment_method'
  | 'requires_confirmation'
  | 'requires_action'
  | 'processing'
  | 'requires_capture'
  | 'succeeded'
  | 'canceled'

export type IntentBody = {
  amount: number
  currency: string
  status: IntentStatus
  captureMethod: 'automatic' | 'manual'
  capturable: number
  received: number
  secret: string
  description: string | null
  metadata: Metadata
  paymentMethod: string | null
  returnUrl: string | null
  receiptEmail: string | null
  session: string | null
  /** Counts the charges that were tried. */
  attempts: number
  charge: string | null
  error: PaymentError | null
  canceledAt: number | null
  cancellationReason: string | null
  /** The shop's code that its payer scanned. */
  code?: string
  /** A step with money that was begun and whose end is not written yet. */
  step: Step | null
}

/** What is being done with the money of an intent. Whoever finds one that is overdue carries it on. */
export type Step = {
  kind: 'charge' | 'capture' | 'release'
  charge: string
  /** Who pays: a user id, or one of the payers of the test side. */
  payer: string
  /** Instead of a payer: the one-time code that the shop's till has scanned. */
  code?: string
  amount: number
  /** The request whose answer waits for this step. */
  key: string | null
  reason?: string
}

export type PaymentError = { code: string; declineCode: string; message: string; charge: string }

export type ChargeBody = {
  amount: number
  currency: string
  captured: number
  refunded: number
  status: 'pending' | 'succeeded' | 'failed'
  payer: string
  paymentMethod: string | null
  description: string | null
  metadata: Metadata
  receiptEmail: string | null
  /** The account that the payment goes to. */
  payee: string
  /** What the payer reads: the name of the shop. Kept, because a request that is repeated must be the same. */
  title: string
  /** The part of what is captured that is kept as a fee, in hundredths of a percent. */
  feeBasisPoints: number
  /** Set where money is set aside; null when it was paid at once. */
  holdEndsAt: number | null
  failure: { code: string; declineCode: string; message: string } | null
  transaction: string | null
  canceled: boolean
}

export type RefundBody = {
  amount: number
  currency: string
  charge: string
  status: 'pending' | 'succeeded' | 'failed'
  reason: string | null
  metadata: Metadata
  transaction: string | null
  failureReason: string | null
  key: string | null
}

export type TransactionBody = {
  type: 'charge' | 'refund' | 'payout' | 'payout_failure'
  amount: number
  fee: number
  currency: string
  source: string
  description: string | null
}

export type LineItem = { id: string; name: string; unitAmount: number; quantity: number }

export type SessionBody = {
  status: 'open' | 'complete' | 'expired'
  amount: number
  currency: string
  items: LineItem[]
  successUrl: string | null
  cancelUrl: string | null
  clientReferenceId: string | null
  customerEmail: string | null
  expiresAt: number
  locale: string | null
  metadata: Metadata
  paid: boolean
}

export type PayoutBody = {
  amount: number
  currency: string
  status: 'pending' | 'paid' | 'failed'
  description: string | null
  automatic: boolean
  metadata: Metadata
  transaction: string | null
  failureCode: string | null
  key: string | null
}

export type EndpointBody = {
  url: string
  events: string[]
  secret: string
  description: string | null
  metadata: Metadata
  disabled: boolean
  deleted: boolean
}

export type PaymentCodeBody = {
  /** What the QR code holds. Whatever differs from it in one character is another code, and none of ours. */
  payload: string
  currency: string
  /** Without it the payer says how much. */
  amount: number | null
  /** The one intent that it is for; a code without one pays again and again. */
  intent: string | null
  description: string | null
  metadata: Metadata
  active: boolean
}

/** The first letters of an id say what it names. */
export const prefixes: Readonly<Record<Kind, string>> = {
  customer: 'cus',
  payment_method: 'pm',
  payment_intent: 'pi',
  charge: 'ch',
  refund: 're',
  balance_transaction: 'txn',
  checkout_session: 'cs',
  payout: 'po',
  webhook_endpoint: 'we',
  payment_code: 'qr',
}

/** What the shop is shown. */
export type Shown = JsonObject & { id: string; object: string }

export function isKind<K extends Kind>(document: Document | undefined, kind: K): document is Document<K> {
  return document?.kind === kind
}

export function isLive(shop: string): boolean {
  return shop.endsWith('.live')
}

export function merchantOf(shop: string): string {
  return shop.slice(0, shop.lastIndexOf('.'))
}
