import { hash } from 'node:crypto'
import { type Sql, sql } from '../../../platform/db/sql.ts'
import type { JsonObject } from '../../../platform/json.ts'
import type { Entry } from '../api.ts'
import type { EntryRow } from '../post/draft.ts'

/** A batch's entries take positions from its number times this: 256 requests of 32 steps. */
export const linesPerBatch = 8192

/** The columns of a journal entry, for a table named `entry`. */
export const entryColumns: Sql = sql`
  entry.position, entry.scope, entry.id, entry.step, entry.steps, entry.kind, entry.account, entry.payer, entry.payee,
  entry.currency, entry.amount::numeric as amount, entry.hold, entry.detail, entry.reference, entry.metadata,
  entry.request_digest as "requestDigest", entry.at_ms as "atMs"`

/**
 * The entries of these batches, as a table named `entry`. Each batch's are one range of the primary key: said in a way that PostgreSQL
 * cannot take for a join, which it would rather do by reading the whole journal.
 */
export function entriesOf(book: number, batches: readonly number[]): Sql {
  return sql`
    unnest(${batches}::bigint[]) as batch
    cross join lateral (
      select * from ledger.entry
      where entry.book = ${book} and entry.position >= batch * ${linesPerBatch}
        and entry.position < (batch + 1) * ${linesPerBatch} offset 0
    ) as entry`
}

/** An entry as callers see it: without what it does not have. */
export function presentEntry(row: EntryRow): Entry {
  const { position, scope, id, step, kind, atMs } = row
  const entry: Entry = { position, scope, id, step, kind, atMs }
  if (row.account !== null) entry.account = row.account
  if (row.payer !== null) entry.payer = row.payer
  if (row.payee !== null) entry.payee = row.payee
  if (row.currency !== null) entry.currency = row.currency
  if (row.amount !== null) entry.amount = row.amount
  if (row.hold !== null) entry.hold = row.hold
  if (row.detail !== null) entry.detail = JSON.parse(row.detail) as JsonObject
  if (row.reference !== null) entry.reference = row.reference
  if (row.metadata !== null) entry.metadata = JSON.parse(row.metadata) as JsonObject
  return entry
}

/** SHA-256 over every column of a batch's entries, in the order of their positions. */
export function digestOf(entries: readonly EntryRow[]): string {
  return hash('sha256', entries.map(lineOf).join('\n'), 'base64url')
}

function lineOf(row: EntryRow): string {
  return JSON.stringify([
    row.position,
    row.scope,
    row.id,
    row.step,
    row.steps,
    row.kind,
    row.account,
    row.payer,
    row.payee,
    row.currency,
    row.amount === null ? null : row.amount.toString(),
    row.hold,
    row.detail,
    row.reference,
    row.metadata,
    row.requestDigest,
    row.atMs,
  ])
}

/** Per currency how many transfers and captures there were, and how much they moved, in minor units. */
export type Totals = { [currency: string]: { count: number; amount: string } }

export function totalsOf(entries: readonly Pick<EntryRow, 'kind' | 'currency' | 'amount'>[]): Totals {
  const sums = new Map<string, { count: number; amount: bigint }>()
  for (const { kind, currency, amount } of entries) {
    if (!(kind === 'transfer' || kind === 'capture') || currency === null || amount === null) continue
    const sum = sums.get(currency) ?? { count: 0, amount: 0n }
    sums.set(currency, { count: sum.count + 1, amount: sum.amount + amount })
  }
  return present(sums)
}

export function addTotals(parts: readonly Totals[]): Totals {
  const sums = new Map<string, { count: number; amount: bigint }>()
  for (const part of parts)
    for (const [currency, { count, amount }] of Object.entries(part)) {
      const sum = sums.get(currency) ?? { count: 0, amount: 0n }
      sums.set(currency, { count: sum.count + count, amount: sum.amount + BigInt(amount) })
    }
  return present(sums)
}

function present(sums: ReadonlyMap<string, { count: number; amount: bigint }>): Totals {
  const inOrder = [...sums].sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(
    inOrder.map(([currency, { count, amount }]) => [currency, { count, amount: amount.toString() }]),
  )
}
