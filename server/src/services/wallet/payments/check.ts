import type { JsonObject } from '../../../platform/json.ts'
import type { Memo, RequestId } from '../api.ts'
import { refuse } from '../refusals.ts'

/** More than any wallet may hold; the limits of a wallet are what people meet. */
const amountLimit = 10n ** 18n
const client = /^[a-z]{1,20}$/
const text = /^[^\p{Cc}\p{Cs}]*$/u

/** The name of a request among those of all clients. */
export function keyOf({ client: name, id }: RequestId): string {
  if (!client.test(name)) throw refuse('wallet.request_malformed', 'A client is 1 to 20 small letters.')
  checkText('id', id, 150)
  return `${name}/${id}`
}

export function checkAmount(amount: unknown): void {
  if (typeof amount !== 'bigint' || amount <= 0n || amount > amountLimit)
    throw refuse('wallet.amount_invalid')
}

/** A memo with what only this service says: what kind of activity it is, and which person is on the other side. */
export type OwnMemo = Memo & { kind?: string; person?: string }

/** What the ledger keeps of a memo, and the history reads from there. */
export function memoMetadata({ kind = 'payment', title, note, person }: OwnMemo): JsonObject {
  checkText('title', title, 100)
  if (note !== undefined) checkText('note', note, 200)
  return { kind, title, ...(note !== undefined && { note }), ...(person !== undefined && { person }) }
}

/** As part of a ledger step. */
export function referenceOf({ reference }: Memo): { reference?: string } {
  if (reference === undefined) return {}
  checkText('reference', reference, 150)
  return { reference }
}

function checkText(name: string, value: unknown, lengthMax: number): void {
  if (typeof value !== 'string' || value.length < 1 || value.length > lengthMax || !text.test(value))
    throw refuse(
      'wallet.request_malformed',
      `${name} must be text of 1 to ${lengthMax} characters, none of them control.`,
    )
}
