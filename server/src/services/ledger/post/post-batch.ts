import type { Outcome } from '../../../platform/batch.ts'
import type { Clock } from '../../../platform/clock.ts'
import type { Database } from '../../../platform/db/database.ts'
import { Refusal } from '../../../platform/refusal.ts'
import type { Posted } from '../api.ts'
import { linesPerBatch, presentEntry } from '../journal/entry-row.ts'
import { refuse } from '../refusals.ts'
import { applyRequest } from './apply-step.ts'
import type { CheckedRequest } from './check-request.ts'
import { describeEntries, describeSteps } from './describe.ts'
import { attempt, type BatchDraft, type EntryRow } from './draft.ts'
import { type Loaded, loadBatch, requestKey } from './load-batch.ts'
import { writeBatch } from './write-batch.ts'

/** What became of one request: the entries that it has, or why it was refused. */
type Fate = { entries: readonly EntryRow[] } | { error: Refusal }

/**
 * Carries out all requests in one transaction, one after the other in the order given, each whole or not at all. A
 * request sees what those before it have done. Nothing depends on this process: whoever writes holds the accounts' locks.
 */
export async function postBatch(
  deps: { db: Database; clock: Clock },
  book: number,
  requests: readonly CheckedRequest[],
): Promise<Outcome<Posted>[]> {
  const fates = await deps.db.repeatable(() =>
    deps.db.transaction(async (tx) => {
      const loaded = await loadBatch(tx, book, requests)
      const batch: BatchDraft = {
        nowMs: deps.clock.now(),
        accounts: loaded.accounts,
        holds: loaded.holds,
        changedAccounts: new Set(),
        changedHolds: new Set(),
        entries: [],
        postings: [],
      }
      const decided = decideAll(loaded, batch, requests)
      if (batch.entries.length === 0) return decided
      const first = loaded.number * linesPerBatch
      for (const entry of batch.entries) entry.position += first
      for (const posting of batch.postings) posting.position += first
      await writeBatch(tx, book, loaded.number, batch)
      return decided
    }),
  )
  return fates.map((fate, index) => outcomeOf(fate, requests[index]))
}

function decideAll(loaded: Loaded, batch: BatchDraft, requests: readonly CheckedRequest[]): Fate[] {
  const carriedOut = loaded.earlier
  return requests.map((request) => {
    const key = requestKey(request)
    const earlier = carriedOut.get(key)
    if (earlier) return repeated(earlier, request)
    const fate = decide(loaded, batch, request)
    // A refused request left nothing: the same id later in this batch is judged anew.
    if ('entries' in fate) carriedOut.set(key, [...fate.entries])
    return fate
  })
}

function decide(loaded: Loaded, batch: BatchDraft, request: CheckedRequest): Fate {
  try {
    if (loaded.stopped) throw refuse('ledger.stopped')
    return { entries: attempt(batch, (draft) => applyRequest(draft, request)) }
  } catch (error) {
    if (error instanceof Refusal) return { error }
    throw error
  }
}

function repeated(earlier: readonly EntryRow[], request: CheckedRequest): Fate {
  if (earlier[0]?.requestDigest === request.digest) return { entries: earlier }
  const was = describeEntries(earlier)
  const wanted = describeSteps(request.steps)
  const difference = was === wanted ? `${was}, with other details` : `${was}; not for: ${wanted}`
  return {
    error: refuse('ledger.id_reused', `The id ${request.id} was used for: ${difference}.`),
  }
}

function outcomeOf(fate: Fate, request: CheckedRequest | undefined): Outcome<Posted> {
  if ('error' in fate) return fate
  const { scope = '', id = '' } = request ?? {}
  return { value: { scope, id, entries: fate.entries.map(presentEntry) } }
}
