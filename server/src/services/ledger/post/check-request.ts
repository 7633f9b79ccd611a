import { hash } from 'node:crypto'
import type { JsonObject, JsonValue } from '../../../platform/json.ts'
import { exponentOf } from '../../../platform/money/currencies.ts'
import { CanonicalJsonError, canonicalJson } from '../../../platform/signed-json/canonical-json.ts'
import type { LedgerRequest, Step } from '../api.ts'
import { refuse } from '../refusals.ts'

/** A request whose form is right, with what tells it from another one under the same id. */
export type CheckedRequest = { scope: string; id: string; steps: readonly Step[]; digest: string }

/** Amounts and balances stay below this, so that the sum of any two still fits into 64 bits. */
export const amountLimit = 2n ** 62n
export const stepsMax = 32
/** Ids that begin so are the ledger's own, in every scope. */
export const ownIds = 'ledger:'
const metadataBytesMax = 4096
const text = /^[^\p{Cc}\p{Cs}]{1,255}$/u
const accountKinds: readonly unknown[] = ['asset', 'liability', 'equity', 'income', 'expense']
const freezes: readonly unknown[] = ['no', 'outgoing', 'all']

/** Looks at everything that can be judged without the books. Takes a copy: the caller may go on with its own. */
export function checkRequest({ scope, id, steps }: LedgerRequest): CheckedRequest {
  checkText('scope', scope)
  checkText('id', id)
  if (id.startsWith(ownIds))
    throw refuse('ledger.request_malformed', `Ids that begin with ${ownIds} are the ledger's own.`)
  if (!Array.isArray(steps) || steps.length < 1 || steps.length > stepsMax)
    throw refuse('ledger.request_malformed', `A request has from 1 to ${stepsMax} steps.`)
  const copies = steps.map((step) => ({ ...step }))
  const digest = hash('sha256', JSON.stringify(copies.map(bodyOf)), 'base64url')
  return { scope, id, steps: copies, digest }
}

/** The step as a list of its parts in a fixed order, for its digest; throws when a part is not what it should be. */
function bodyOf(step: Step): JsonValue[] {
  switch (step.kind) {
    case 'open': {
      checkText('account', step.account)
      checkText('owner', step.owner)
      checkCurrency(step.currency)
      checkOneOf('accountKind', step.accountKind, accountKinds)
      checkFloor(step.floor)
      return [step.kind, step.account, step.accountKind, step.currency, step.owner, numberOf(step.floor)]
    }
    case 'freeze':
      checkText('account', step.account)
      checkOneOf('frozen', step.frozen, freezes)
      return [step.kind, step.account, step.frozen]
    case 'floor':
      checkText('account', step.account)
      checkFloor(step.floor)
      return [step.kind, step.account, numberOf(step.floor)]
    case 'close':
      checkText('account', step.account)
      return [step.kind, step.account]
    case 'transfer':
      checkPayment(step)
      return [step.kind, step.payer, step.payee, step.currency, numberOf(step.amount), ...noteOf(step)]
    case 'hold': {
      const { hold, expiresAtMs = null } = step
      checkText('hold', hold)
      checkPayment(step)
      if (expiresAtMs !== null && !(Number.isSafeInteger(expiresAtMs) && expiresAtMs > 0))
        throw refuse('ledger.request_malformed', 'expiresAtMs must be Unix time in milliseconds.')
      const parties = [step.payer, step.payee, step.currency, numberOf(step.amount)]
      return [step.kind, hold, ...parties, expiresAtMs, ...noteOf(step)]
    }
    case 'capture':
    case 'release':
      checkText('hold', step.hold)
      if (step.amount !== undefined) checkAmount(step.amount)
      return [step.kind, step.hold, numberOf(step.amount ?? null), ...noteOf(step)]
    default:
      throw refuse('ledger.request_malformed', 'A step has a kind that is not known.')
  }
}

function checkPayment(step: { payer: string; payee: string; currency: string; amount: bigint }): void {
  checkText('payer', step.payer)
  checkText('payee', step.payee)
  if (step.payer === step.payee) throw refuse('ledger.account_repeated')
  checkCurrency(step.currency)
  checkAmount(step.amount)
}

function checkAmount(amount: unknown): void {
  if (typeof amount !== 'bigint' || amount <= 0n) throw refuse('ledger.amount_invalid')
  if (amount >= amountLimit) throw refuse('ledger.amount_too_large')
}

function checkFloor(floor: unknown): void {
  if (floor === null) return
  if (typeof floor !== 'bigint') throw refuse('ledger.amount_invalid', 'A floor is a whole number or null.')
  if (floor >= amountLimit || floor <= -amountLimit) throw refuse('ledger.amount_too_large')
}

function checkCurrency(currency: unknown): void {
  if (typeof currency !== 'string' || exponentOf(currency) === undefined)
    throw refuse('ledger.currency_unknown')
}

function checkText(name: string, value: unknown): void {
  if (typeof value !== 'string' || !text.test(value))
    throw refuse(
      'ledger.request_malformed',
      `${name} must be text of 1 to 255 characters, none of them control.`,
    )
}

function checkOneOf(name: string, value: unknown, known: readonly unknown[]): void {
  if (!known.includes(value))
    throw refuse('ledger.request_malformed', `${name} must be one of ${known.join(', ')}.`)
}

function noteOf({ reference, metadata }: { reference?: string; metadata?: JsonObject }): JsonValue[] {
  if (reference !== undefined) checkText('reference', reference)
  return [reference ?? null, metadata === undefined ? null : metadataText(metadata)]
}

/** The one text of this metadata, whatever the order of its keys. */
export function metadataText(metadata: JsonObject): string {
  let written: string
  try {
    written = canonicalJson(metadata)
  } catch (error) {
    if (!(error instanceof CanonicalJsonError)) throw error
    throw refuse('ledger.request_malformed', `metadata: ${error.message}`)
  }
  // PostgreSQL keeps no zero characters in text.
  if (written.includes('\\u0000') || Buffer.byteLength(written) > metadataBytesMax)
    throw refuse('ledger.request_malformed', `metadata is at most ${metadataBytesMax} bytes of JSON.`)
  return written
}

function numberOf(value: bigint | null): string | null {
  return value === null ? null : value.toString()
}
