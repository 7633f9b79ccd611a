import { Counter, Gauge, type Registry } from 'prom-client'
import { createBatcher } from '../../platform/batch.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Database } from '../../platform/db/database.ts'
import type { Log } from '../../platform/log.ts'
import { Refusal } from '../../platform/refusal.ts'
import type { Ledger, Posted } from './api.ts'
import { checkContinuously } from './invariants/check-continuously.ts'
import { type Verification, verifyBook } from './invariants/verify.ts'
import { expireHolds } from './jobs/expire-holds.ts'
import { closeDays, type Signer } from './journal/close-days.ts'
import { readAccount, readAccountsOf, readBalanceAt } from './operations/read-accounts.ts'
import { readHold, readOpenHolds } from './operations/read-holds.ts'
import { readByReference, readRequest } from './operations/read-requests.ts'
import { readStatement } from './operations/read-statement.ts'
import { type CheckedRequest, checkRequest } from './post/check-request.ts'
import { postBatch } from './post/post-batch.ts'

export type LedgerDeps = { db: Database; clock: Clock; log: Log; metrics: Registry; signer: Signer }

export type LedgerService = Ledger & {
  /** Background work, for the jobs that `app.ts` wires: each may run at several nodes at once without harm. */
  expireHolds(signal?: AbortSignal): Promise<number>
  check(signal?: AbortSignal): Promise<string[]>
  closeDays(): Promise<string[]>
  /** Checks everything from the first entry on; see `verifyBook`. */
  verify(): Promise<Verification>
}

/** Each book is a service of its own on the same tables. */
export const mainBook = 0
/** Money that is only for trying things out; nothing can be paid between the two. */
export const testBook = 1

export function createLedger(deps: LedgerDeps, book = mainBook): LedgerService {
  const { db } = deps
  const measure = createMeasure(deps.metrics)
  const batcher = createBatcher<CheckedRequest, Posted>(deps, {
    name: 'ledger_post',
    sizeMax: 256,
    waitingMax: 20_000,
    run: (batch) => postBatch(deps, book, batch),
  })

  async function submit(request: CheckedRequest): Promise<Posted> {
    try {
      const posted = await batcher.submit(request)
      measure.outcome('carried_out')
      return posted
    } catch (error) {
      measure.outcome(error instanceof Refusal ? error.code : 'failed')
      throw error
    }
  }

  return {
    post: async (request) => submit(checkRequest(request)),
    find: (scope, id) => readRequest(db, book, scope, id),
    findByReference: (scope, reference) => readByReference(db, book, scope, reference),
    account: (id) => readAccount(db, book, id),
    accountsOf: (owner, after) => readAccountsOf(db, book, owner, after),
    balanceAt: (id, atMs) => readBalanceAt(db, book, id, atMs),
    statement: (id, query = {}) => readStatement(db, book, id, query),
    hold: (scope, id) => readHold(db, book, scope, id),
    openHolds: (payer) => readOpenHolds(db, book, payer),
    expireHolds: (signal) => expireHolds({ ...deps, submit }, book, signal),
    async check(signal) {
      const { lastBlock, progress, findings } = await checkContinuously(deps, book, signal)
      measure.check(deps.clock.now(), lastBlock - progress.checkedBlock, findings.length)
      return findings
    },
    closeDays: () => closeDays(deps, book),
    verify: () => verifyBook(deps, book),
  }
}

function createMeasure(registry: Registry) {
  const registers = [registry]
  const outcomes = new Counter({
    name: 'dure_ledger_requests_total',
    help: 'Requests to the ledger by what became of them.',
    labelNames: ['outcome'],
    registers,
  })
  const findings = new Gauge({
    name: 'dure_ledger_findings',
    help: 'What the last check at this node found wrong with the books; above 0 nothing is written.',
    registers,
  })
  const checkedAt = new Gauge({
    name: 'dure_ledger_checked_timestamp_seconds',
    help: 'When this node last checked the books. The job runs at one node at a time.',
    registers,
  })
  const behind = new Gauge({
    name: 'dure_ledger_unchecked_blocks',
    help: 'Blocks of the journal that no check has seen yet.',
    registers,
  })
  return {
    outcome: (outcome: string) => outcomes.labels(outcome).inc(),
    check(nowMs: number, uncheckedBlocks: number, wrong: number) {
      checkedAt.set(nowMs / 1000)
      behind.set(uncheckedBlocks)
      findings.set(wrong)
    },
  }
}
