import type { Registry } from 'prom-client'
import { createBatcher, type Outcome } from '../../../platform/batch.ts'
import type { Clock } from '../../../platform/clock.ts'
import { lookUpByIndex } from '../../../platform/db/by-index.ts'
import type { Database, Tx } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { Jobs } from '../../../platform/jobs.ts'
import type { Random } from '../../../platform/random.ts'
import { refuse } from '../refusals.ts'
import {
  type Answer,
  attempt,
  type BatchDraft,
  type Claim,
  type Draft,
  KeyRace,
  type Presenter,
  place,
} from './draft.ts'
import { asDocument, type DocumentRow, documentColumns } from './rows.ts'
import { writeBatch } from './write-batch.ts'

export type Change<Result> = {
  shop: string
  /** The documents that are looked at: they are locked until the commit. New ones need not be named. */
  ids: readonly string[]
  /** Given by the first change that a request makes. */
  claim?: Claim | undefined
  /** May run more than once, so it does nothing but look at the draft and leave its changes there. A refusal leaves nothing. */
  decide(draft: Draft): Result
}

/** A change that a request with the same key has made before gives that request's answer instead. */
export type Changed<Result> = { result: Result } | { earlier: Answer }

export type Store = {
  change<Result>(change: Change<Result>): Promise<Changed<Result>>
  /** For changes without a claim. */
  apply<Result>(change: Omit<Change<Result>, 'claim'>): Promise<Result>
}

type StoreDeps = {
  db: Database
  clock: Clock
  random: Random
  metrics: Registry
  jobs: Jobs
  present: Presenter
}

const idLength = 24
const raceRetriesMax = 5

/**
 * Changes that arrive while a commit is in flight are made together in the next: one after the other on the same locked
 * documents, each whole or not at all, with a number of statements that does not depend on how many there are.
 */
export function createStore(deps: StoreDeps): Store {
  const batcher = createBatcher<Change<unknown>, Changed<unknown>>(deps, {
    name: 'checkout_change',
    sizeMax: 128,
    waitingMax: 10_000,
    run: (changes) => runBatch(deps, changes),
  })
  return {
    change: (change) => batcher.submit(change as Change<unknown>) as Promise<never>,
    async apply(change) {
      const changed = await batcher.submit(change as Change<unknown>)
      if ('earlier' in changed) throw new Error('a change without a claim has no earlier answer')
      return changed.result as never
    },
  }
}

async function runBatch(
  deps: StoreDeps,
  changes: readonly Change<unknown>[],
): Promise<Outcome<Changed<unknown>>[]> {
  for (let tries = 1; ; tries++) {
    try {
      let wake = false
      const outcomes = await deps.db.transaction(async (tx) => {
        const { claims, batch } = await load(tx, deps.clock.now(), changes)
        const decided = decideAll(deps, changes, claims, batch)
        wake = await writeBatch(deps, tx, batch, decided.claimed)
        return decided.outcomes
      })
      if (wake) deps.jobs.wake()
      return outcomes
    } catch (error) {
      if (!(error instanceof KeyRace) || tries > raceRetriesMax) throw error
    }
  }
}

type ClaimRow = { shop: string; key: string; digest: string; status: number | null; answer: string | null }
type Claims = Map<string, { digest: string; answer: Answer | undefined }>

/** Locks in the order of the keys, so that two nodes never wait for each other. */
async function load(tx: Tx, nowMs: number, changes: readonly Change<unknown>[]) {
  const wanted = changes.flatMap(({ shop, ids }) => ids.map((id) => ({ shop, id })))
  const claimed = changes.flatMap(({ shop, claim }) => (claim ? [{ shop, key: claim.key }] : []))
  const byIndex = lookUpByIndex(tx)
  const documentsLoading =
    wanted.length === 0
      ? []
      : tx.rows<DocumentRow>(sql`
          select document.* from (
            select distinct shop, id
            from unnest(${wanted.map(({ shop }) => shop)}::text[], ${wanted.map(({ id }) => id)}::text[]) as named (shop, id)
            order by shop, id
          ) as wanted
          cross join lateral (
            select ${documentColumns} from checkout.document
            where document.shop = wanted.shop and document.id = wanted.id for no key update
          ) as document`)
  // After the locks: whoever held them may have written the answer that is looked for.
  const requestsLoading =
    claimed.length === 0
      ? []
      : tx.rows<ClaimRow>(sql`
          select request.* from unnest(
            ${claimed.map(({ shop }) => shop)}::text[], ${claimed.map(({ key }) => key)}::text[]) as wanted (shop, key)
          cross join lateral (
            select shop, key, digest, status, answer from checkout.request
            where request.shop = wanted.shop and request.key = wanted.key offset 0
          ) as request`)
  const [documents, requests] = await Promise.all([documentsLoading, requestsLoading, byIndex])
  const claims: Claims = new Map(
    requests.map(({ shop, key, digest, status, answer }) => [
      place(shop, key),
      { digest, answer: status === null ? undefined : { status, body: answer ?? '' } },
    ]),
  )
  const found = new Map(documents.map((row) => [place(row.shop, row.id), asDocument(row)]))
  const batch: BatchDraft = {
    nowMs,
    documents: found,
    loaded: new Set(found.keys()),
    changed: new Set(),
    events: [],
    answers: new Map(),
  }
  return { claims, batch }
}

function decideAll(deps: StoreDeps, changes: readonly Change<unknown>[], claims: Claims, batch: BatchDraft) {
  const claimed: (Claim & { shop: string })[] = []
  const tools = { newId: () => deps.random.text(idLength), present: deps.present }
  const outcomes = changes.map((change): Outcome<Changed<unknown>> => {
    const { shop, claim } = change
    const at = claim ? place(shop, claim.key) : ''
    try {
      const earlier = claim && earlierAnswer(claims, batch, at, claim.digest)
      if (earlier) return { value: { earlier } }
      const result = attempt(batch, shop, tools, change.decide)
      if (claim) {
        claimed.push({ shop, ...claim })
        claims.set(at, { digest: claim.digest, answer: undefined })
      }
      return { value: { result } }
    } catch (error) {
      return { error: error instanceof Error ? error : new Error('a change failed', { cause: error }) }
    }
  })
  return { outcomes, claimed }
}

/** Throws where the key stands for another request, or for one whose answer is not there yet. */
function earlierAnswer(claims: Claims, batch: BatchDraft, at: string, digest: string): Answer | undefined {
  const known = claims.get(at)
  if (known === undefined) return undefined
  if (known.digest !== digest) throw refuse('checkout.idempotency_key_reused')
  const answer = batch.answers.get(at) ?? known.answer
  if (answer === undefined) throw refuse('checkout.idempotency_key_in_use')
  return answer
}
