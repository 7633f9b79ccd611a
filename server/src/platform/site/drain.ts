import type { Clock } from '../clock.ts'
import type { Database } from '../db/database.ts'
import { sql } from '../db/sql.ts'
import type { Log } from '../log.ts'

/**
 * Whether this node's site is taken out of service. `leaving`: not ready any more, so that fronts send new requests elsewhere,
 * but whoever comes is served; every answer says so, and waits are ended once, so that clients which know the sites go elsewhere
 * by themselves. `away`: waits are ended and requests refused.
 */
export type DrainState = 'serving' | 'leaving' | 'away'

export type Drain = {
  state(): DrainState
  /** Knows the state before the node says that it is ready. */
  start(): Promise<void>
  /** Asks the database now; from the start on it does so every second. */
  look(): Promise<void>
  close(): void
}

/** Longer than any front needs to notice: HAProxy asks every second, and believes the second answer. */
export const leavingMs = 5000
const pollMs = 1000

/** Follows `platform.drained_site`. While the database cannot be asked, what was last known holds. */
export function createDrain(
  { db, clock, log }: { db: Database; clock: Clock; log: Log },
  site: string,
  listeners: { leaving(): void; away(): void; back(): void },
): Drain {
  let state: DrainState = 'serving'
  let leavingSinceMs = 0
  let closed = false
  let cancel: () => void = () => undefined

  function become(next: DrainState): void {
    if (next === state) return
    log.info({ site, from: state, to: next }, 'the service of this site changes')
    const before = state
    state = next
    if (next === 'leaving') listeners.leaving()
    else if (next === 'away') listeners.away()
    else if (before === 'away') listeners.back()
  }

  async function look(): Promise<void> {
    const [row] = await db.rows(sql`select 1 as drained from platform.drained_site where site = ${site}`)
    if (!row) return become('serving')
    if (state === 'serving') leavingSinceMs = clock.now()
    if (state !== 'away') become(clock.now() - leavingSinceMs >= leavingMs ? 'away' : 'leaving')
  }

  function lookAgain(): void {
    if (closed) return
    cancel = clock.after(pollMs, () => {
      look()
        .catch((error: unknown) => log.debug({ err: error }, 'cannot tell whether this site is drained'))
        .finally(lookAgain)
    })
  }

  return {
    state: () => state,
    look,
    async start() {
      await look()
      // Nobody is here yet who would have to be given time.
      if (state === 'leaving') become('away')
      lookAgain()
    },
    close() {
      closed = true
      cancel()
    },
  }
}

/** The caller's clock says since when; draining a site again changes nothing. */
export async function markDrained(db: Database, site: string, sinceMs: number): Promise<void> {
  await db.run(sql`
    insert into platform.drained_site (site, since_ms) values (${site}, ${sinceMs}) on conflict (site) do nothing`)
}

export async function unmarkDrained(db: Database, site: string): Promise<void> {
  await db.run(sql`delete from platform.drained_site where site = ${site}`)
}
