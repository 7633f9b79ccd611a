import { hash } from 'node:crypto'
import type { Clock } from '../../../platform/clock.ts'
import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import { Refusal } from '../../../platform/refusal.ts'
import type { Posted } from '../api.ts'
import { type CheckedRequest, ownIds } from '../post/check-request.ts'

const pageSize = 256

/**
 * Gives back what is still open of holds whose time is over, a page at a time; gives how many. The id of the request is the
 * hold's own, so two nodes that do this at once release once. A capture that comes in the same moment is refused for the
 * time, whether it comes before or after.
 */
export async function expireHolds(
  deps: { db: Database; clock: Clock; submit: (request: CheckedRequest) => Promise<Posted> },
  book: number,
  signal?: AbortSignal,
): Promise<number> {
  let count = 0
  for (;;) {
    const due = await deps.db.rows<{ scope: string; id: string }>(sql`
      select scope, id from ledger.hold
      where book = ${book} and expires_at_ms <= ${deps.clock.now()} and captured + released < amount
      order by expires_at_ms, scope, id limit ${pageSize}`)
    const released = await Promise.all(due.map(({ scope, id }) => release(deps.submit, scope, id)))
    count += released.filter((done) => done).length
    // Those that could not be released, because the books are stopped, are left for the next run.
    if (due.length < pageSize || released.includes(false) || signal?.aborted) return count
  }
}

async function release(
  submit: (request: CheckedRequest) => Promise<Posted>,
  scope: string,
  hold: string,
): Promise<boolean> {
  const digest = hash('sha256', JSON.stringify(['expiry', hold]), 'base64url')
  try {
    await submit({ scope, id: `${ownIds}expiry/${hold}`, digest, steps: [{ kind: 'release', hold }] })
    return true
  } catch (error) {
    if (error instanceof Refusal) return false
    throw error
  }
}
