import { sql } from '../../../platform/db/sql.ts'
import { Outage, Refusal } from '../../../platform/refusal.ts'
import type { Document } from '../documents.ts'
import { begin } from '../operations/capture-intent.ts'
import { carryOutStep } from '../operations/carry-out-step.ts'
import { intentOf } from '../operations/intent-rules.ts'
import { carryOutPayout } from '../operations/pay-out.ts'
import { carryOutRefund } from '../operations/refund-charge.ts'
import type { CheckoutDeps } from '../operations/request.ts'
import { expireSession } from '../operations/sessions.ts'
import { asDocument, type DocumentRow, documentColumns } from '../store/rows.ts'

const pageSize = 100
const atOnce = 10

/**
 * Carries on what was begun and not ended, because a node died or the books were stopped, and ends what has run out: money
 * set aside, sessions. Gives how many it took up. Two nodes that do this at once do each thing once.
 */
export async function takeUpDue(deps: CheckoutDeps, signal?: AbortSignal): Promise<number> {
  let count = 0
  for (;;) {
    const rows = await deps.db.rows<DocumentRow>(sql`
      select ${documentColumns} from checkout.document
      where due_at_ms <= ${deps.clock.now()} order by due_at_ms limit ${pageSize}`)
    const done = await inTurns(rows.map(asDocument), (document) => takeUp(deps, document))
    count += done.filter(Boolean).length
    if (rows.length < pageSize || done.includes(false) || signal?.aborted) return count
  }
}

async function inTurns<Item>(
  items: readonly Item[],
  work: (item: Item) => Promise<boolean>,
): Promise<boolean[]> {
  const results: boolean[] = []
  for (let first = 0; first < items.length; first += atOnce)
    results.push(...(await Promise.all(items.slice(first, first + atOnce).map(work))))
  return results
}

/** False when it has to be taken up again later. */
async function takeUp(deps: CheckoutDeps, document: Document): Promise<boolean> {
  try {
    await carryOn(deps, document)
    return true
  } catch (error) {
    if (!(error instanceof Outage || error instanceof Refusal)) throw error
    deps.log.warn({ err: error, document: document.id }, 'could not carry on what was begun; trying again')
    return false
  }
}

async function carryOn(deps: CheckoutDeps, document: Document): Promise<void> {
  switch (document.kind) {
    case 'payment_intent':
      return carryOnIntent(deps, document as Document<'payment_intent'>)
    case 'refund':
      return void (await carryOutRefund(deps, document as Document<'refund'>))
    case 'payout':
      return void (await carryOutPayout(deps, document as Document<'payout'>))
    case 'checkout_session':
      return void (await expireSession(deps, { shop: document.shop }, document.id))
    default:
      throw new Error(`${document.id} cannot be due`)
  }
}

/** A step that was begun is ended; where there is none, money has been set aside for as long as it may be. */
async function carryOnIntent(deps: CheckoutDeps, { shop, id }: Document<'payment_intent'>): Promise<void> {
  const intent = await deps.store.apply({
    shop,
    ids: [id],
    decide(draft) {
      const current = intentOf(draft, id)
      const { step, status, capturable } = current.body
      const over =
        status === 'requires_capture' && (current.dueAtMs ?? Number.MAX_SAFE_INTEGER) <= draft.nowMs
      if (step !== null || !over) return current
      return begin(draft, current, { kind: 'release', amount: capturable, key: null, reason: 'automatic' })
    },
  })
  if (intent.body.step !== null) await carryOutStep(deps, intent)
}
