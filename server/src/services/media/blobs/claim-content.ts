import type { Clock } from '../../../platform/clock.ts'
import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { Log } from '../../../platform/log.ts'
import type { Content } from './content.ts'
import { removeBlob } from './write-blob.ts'

type Deps = { db: Database; clock: Clock; log: Log }

/** Somebody is about to refer to `content`, which holds the bytes that were just written as `written`. */
export type Claim = { content: Content; written: Content; number: number }

/**
 * How long after a claim, or after the last piece of a blob, the sweep leaves the row alone. Whoever claims a content
 * refers to it long before that or not at all.
 */
export const claimLifetimeMs = 24 * 3_600_000

/**
 * Gives the one stored copy of these bytes: the blob just written, or an older one with the same hash. The claim is a
 * timestamp on the row that the sweep's delete checks again under the row's lock, so a sweep and an upload of the
 * same bytes cannot race: either the claim comes first and the row stays, or it makes a new row with its own blob.
 * Everything is written whether or not the bytes were known, so an upload's duration does not tell.
 */
export async function claimContent(deps: Deps, written: Content): Promise<Claim> {
  const claim = () =>
    deps.db.rows<{ blobId: string; claims: number }>(sql`
    insert into media.content as content (sha256, blob_id, size_bytes, claimed_at_ms)
    values (${written.sha256}, ${written.blobId}, ${written.sizeBytes}, ${deps.clock.now()})
    on conflict (sha256) do update set claims = content.claims + 1,
      claimed_at_ms = greatest(content.claimed_at_ms, excluded.claimed_at_ms)
    returning blob_id as "blobId", claims`)
  const [row] = await deps.db.repeatable(claim)
  if (!row) throw new Error('an upsert returned no row')
  return { content: { ...written, blobId: row.blobId }, written, number: row.claims }
}

/**
 * After something refers to the content: the sweep need not look at it any more, and the blob written for it is owned,
 * or superfluous and removed. What fails here is done by the sweep.
 */
export async function settleContent(deps: Deps, { content, written }: Claim): Promise<void> {
  try {
    await deps.db.run(
      sql`update media.content set settled = true where sha256 = ${content.sha256} and not settled`,
    )
    if (content.blobId !== written.blobId) await removeBlob(deps, written.blobId)
    else await deps.db.run(sql`delete from media.loose_blob where blob_id = ${written.blobId}`)
  } catch (error) {
    deps.log.warn({ err: error }, 'a stored blob was left for the sweep')
  }
}

/**
 * After nothing came to refer to the content: takes the claim back at once, so that refused uploads do not fill the disk
 * until the sweep. A content that somebody else has claimed or refers to stays.
 */
export async function abandonContent(deps: Deps, { content, written, number }: Claim): Promise<void> {
  try {
    const removed =
      content.blobId !== written.blobId ||
      (await deps.db.run(sql`
        delete from media.content
        where sha256 = ${content.sha256} and not settled and claims = ${number}`)) > 0
    if (removed) await removeBlob(deps, written.blobId)
  } catch (error) {
    deps.log.warn({ err: error }, 'a refused upload was left for the sweep')
  }
}
