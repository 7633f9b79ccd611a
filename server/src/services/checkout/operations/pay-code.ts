import { createHash } from 'node:crypto'
import { decodeShopCode } from '../codes/merchant-presented.ts'
import { CodeError } from '../codes/objects.ts'
import { type Document, isKind } from '../documents.ts'
import { refuse } from '../refusals.ts'
import type { Draft } from '../store/draft.ts'
import { readDocuments } from '../store/read.ts'
import { type Approval, approveIntent } from './approve-intent.ts'
import { carryOutStep } from './carry-out-step.ts'
import { beginCharge } from './charge-rules.ts'
import { draftIntent } from './intent-rules.ts'
import { type CheckoutDeps, shopOfId } from './request.ts'

export type Scanned = {
  code: Document<'payment_code'>
  /** Of a code that is for one payment. */
  intent: Document<'payment_intent'> | undefined
}

/**
 * The code that a person has scanned, which is exactly the one that was given out. Throws `checkout.code_malformed` and
 * `checkout.code_unknown`.
 */
export async function findScanned(deps: CheckoutDeps, payload: string): Promise<Scanned> {
  const id = idIn(payload)
  const shop = shopOfId(id)
  const code = shop === undefined ? undefined : (await readDocuments(deps.db, shop, [id])).get(id)
  if (!isKind(code, 'payment_code') || code.body.payload !== payload || !code.body.active)
    throw refuse('checkout.code_unknown')
  const { intent: intentId } = code.body
  if (intentId === null) return { code, intent: undefined }
  const intent = (await readDocuments(deps.db, code.shop, [intentId])).get(intentId)
  if (!isKind(intent, 'payment_intent')) throw refuse('checkout.code_unknown')
  return { code, intent }
}

function idIn(payload: string): string {
  try {
    return decodeShopCode(payload).id
  } catch (error) {
    if (!(error instanceof CodeError)) throw error
    throw refuse('checkout.code_malformed', `This is not the QR code of a shop: ${error.message}.`)
  }
}

/**
 * A person pays a shop whose code they have scanned. `id` is the person's: the same again is the same payment, for ever. Declines
 * are part of the reply. Gives the intent with which it was paid.
 */
export async function payCode(
  deps: CheckoutDeps,
  { code, intent }: Scanned,
  approval: Approval & { id: string },
): Promise<string> {
  if (intent) {
    await approveIntent(deps, { intent, session: undefined }, approval)
    return intent.id
  }
  const { body, shop } = code
  const differs =
    body.currency !== approval.currency || (body.amount !== null && body.amount !== approval.amount)
  if (differs) throw refuse('checkout.code_amount_differs')
  const intentId = intentIdOf(code.id, approval)
  const claim = claimOf(code, approval)
  const title = await deps.titleOf(shop)
  const changed = await deps.store.change({
    shop,
    ids: [code.id, intentId],
    claim,
    decide: (draft) => begin(deps, draft, { code, intentId, title, key: claim.key }, approval),
  })
  if ('result' in changed && changed.result.body.step !== null) await carryOutStep(deps, changed.result)
  return intentId
}

function begin(
  deps: CheckoutDeps,
  draft: Draft,
  {
    code,
    intentId,
    title,
    key,
  }: { code: Document<'payment_code'>; intentId: string; title: string; key: string },
  { userId, amount, currency }: Approval,
): Document<'payment_intent'> {
  // Answers are kept for some time only, payments for ever.
  const earlier = draft.get('payment_intent', intentId)
  if (earlier && (earlier.body.amount !== amount || earlier.body.currency !== currency))
    throw refuse('checkout.idempotency_key_reused')
  if (earlier) {
    draft.answer(key, 200, deps.show(earlier))
    return earlier
  }
  if (!draft.get('payment_code', code.id)?.body.active) throw refuse('checkout.code_unknown')
  const { description, metadata } = code.body
  const drafted = draftIntent(deps, draft, code.shop, {
    amount,
    currency,
    description,
    metadata,
    captureMethod: 'automatic',
    customer: undefined,
    receiptEmail: null,
    paymentMethod: undefined,
  })
  const intent = { ...drafted, id: intentId, body: { ...drafted.body, code: code.id } }
  draft.event('payment_intent.created', deps.show(intent))
  return beginCharge(deps, draft, intent, { payer: userId, key, title })
}

/** Made of whose payment it is, so that it is found again; the shop is named as in every id of its own. */
function intentIdOf(code: string, { userId, id }: { userId: string; id: string }): string {
  const made = createHash('sha256')
    .update(JSON.stringify([code, userId, id]))
    .digest('hex')
    .slice(0, 20)
  return `pi${code.slice(2, -20)}${made}`
}

/** No Idempotency-Key of a shop has a line break in it. */
function claimOf(
  code: Document<'payment_code'>,
  { userId, id, amount, currency }: Approval & { id: string },
) {
  const digest = createHash('sha256')
    .update(JSON.stringify([code.id, amount, currency]))
    .digest('base64url')
  return { key: `${userId}\n${id}`, digest }
}

/** How a payment that was begun stands. */
export async function readPaid(
  deps: CheckoutDeps,
  shop: string,
  intentId: string,
): Promise<{ intent: Document<'payment_intent'>; charge: Document<'charge'> | undefined }> {
  const intent = (await readDocuments(deps.db, shop, [intentId])).get(intentId)
  if (!isKind(intent, 'payment_intent')) throw refuse('checkout.payment_unknown')
  const { charge: id } = intent.body
  const charge = id === null ? undefined : (await readDocuments(deps.db, shop, [id])).get(id)
  return { intent, charge: isKind(charge, 'charge') ? charge : undefined }
}
