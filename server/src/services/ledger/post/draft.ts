import type { AccountKind, Frozen, StepKind } from '../api.ts'

/** An account under this batch's lock. */
export type AccountState = {
  id: string
  kind: AccountKind
  currency: string
  owner: string
  balance: bigint
  held: bigint
  floor: bigint | null
  frozen: Frozen
  closed: boolean
  openedAtMs: number
  movedAtMs: number
  /** Opened by this batch. */
  isNew: boolean
}

/** A hold whose accounts are under this batch's lock. */
export type HoldState = {
  scope: string
  id: string
  payer: string
  payee: string
  currency: string
  amount: bigint
  captured: bigint
  released: bigint
  placedAtMs: number
  expiresAtMs: number | null
  isNew: boolean
}

/** A journal entry as its row holds it. */
export type EntryRow = {
  position: number
  scope: string
  id: string
  step: number
  steps: number
  kind: StepKind
  account: string | null
  payer: string | null
  payee: string | null
  currency: string | null
  amount: bigint | null
  hold: string | null
  detail: string | null
  reference: string | null
  metadata: string | null
  requestDigest: string
  atMs: number
}

export type PostingRow = { account: string; atMs: number; position: number; amount: bigint; balance: bigint }

/**
 * The books as a batch sees them: what is stored, with what its requests have changed so far. A request works on a
 * draft over the batch's own, which is merged when all its steps went through and dropped when one was refused.
 */
export type Draft = {
  nowMs: number
  account(id: string): AccountState | undefined
  hold(scope: string, id: string): HoldState | undefined
  put(account: AccountState): void
  putHold(hold: HoldState): void
  entries: EntryRow[]
  postings: PostingRow[]
}

/** What a whole batch has changed. */
export type BatchDraft = {
  nowMs: number
  accounts: Map<string, AccountState>
  holds: Map<string, HoldState>
  changedAccounts: Set<string>
  changedHolds: Set<string>
  entries: EntryRow[]
  postings: PostingRow[]
}

export function holdKey(scope: string, id: string): string {
  return `${scope}\n${id}`
}

/** Runs `work` on a draft over the batch; keeps what it did only if it returns. Gives the entries that it has added. */
export function attempt(batch: BatchDraft, work: (draft: Draft) => void): EntryRow[] {
  const accounts = new Map<string, AccountState>()
  const holds = new Map<string, HoldState>()
  const entries: EntryRow[] = []
  const postings: PostingRow[] = []
  work({
    nowMs: batch.nowMs,
    account: (id) => accounts.get(id) ?? batch.accounts.get(id),
    hold: (scope, id) => holds.get(holdKey(scope, id)) ?? batch.holds.get(holdKey(scope, id)),
    put: (account) => void accounts.set(account.id, account),
    putHold: (hold) => void holds.set(holdKey(hold.scope, hold.id), hold),
    entries,
    postings,
  })
  for (const [id, account] of accounts) {
    batch.accounts.set(id, account)
    batch.changedAccounts.add(id)
  }
  for (const [key, hold] of holds) {
    batch.holds.set(key, hold)
    batch.changedHolds.add(key)
  }
  // Positions are counted from the line in the batch; the batch's number is added when it is known.
  const first = batch.entries.length
  for (const entry of entries) entry.position += first
  for (const posting of postings) posting.position += first
  batch.entries.push(...entries)
  batch.postings.push(...postings)
  return entries
}
