import { decimalOf } from '../../../platform/money/currencies.ts'
import type { Step } from '../api.ts'
import type { EntryRow } from './draft.ts'

/** What was done under an id, for the caller who uses the id again. */
export function describeEntries(entries: readonly EntryRow[]): string {
  return entries.map(describe).join(', then ')
}

/** What is asked for, in the same words. */
export function describeSteps(steps: readonly Step[]): string {
  return steps.map(describe).join(', then ')
}

type Parts = {
  kind: string
  account?: string | null
  payer?: string | null
  payee?: string | null
  currency?: string | null
  amount?: bigint | null
  hold?: string | null
}

function describe({ kind, account, payer, payee, currency, amount, hold }: Parts): string {
  const parts = [kind]
  if (account) parts.push(account)
  if (hold) parts.push(hold)
  if (amount && currency) parts.push(decimalOf(amount, currency), currency)
  else if (amount) parts.push(`${amount} minor units`)
  if (payer && payee) parts.push(`from ${payer} to ${payee}`)
  return parts.join(' ')
}
