import type { Clock } from '../../../platform/clock.ts'
import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import { claimLifetimeMs } from '../blobs/claim-content.ts'
import { removeBlob } from '../blobs/write-blob.ts'

type Deps = { db: Database; clock: Clock }
type Unsettled = { sha256: Buffer; blobId: string }

const batch = 100

/**
 * Removes what nothing refers to: reservations that were never used, pictures of old previews, contents whose upload died before it was referred
 * to, blobs that no content owns. It looks only at rows marked as doubtful, so its cost does not grow with what is
 * stored, and each step may be run again or by two nodes at once.
 */
export async function sweep(deps: Deps, signal: AbortSignal): Promise<void> {
  await repeatedly(signal, () => removeExpiredReservations(deps))
  await repeatedly(signal, () => removeExpiredPreviews(deps))
  await repeatedly(signal, () => removeExpiredItems(deps))
  await repeatedly(signal, () => judgeUnsettled(deps))
  await repeatedly(signal, () => removeLooseBlobs(deps))
}

async function repeatedly(signal: AbortSignal, step: () => Promise<number>): Promise<void> {
  while (!signal.aborted && (await step()) === batch);
}

function removeExpiredReservations({ db, clock }: Deps): Promise<number> {
  return db.run(sql`
    delete from media.item where uploaded_at_ms is null and media_id in (
      select media_id from media.item where uploaded_at_ms is null and expires_at_ms <= ${clock.now()}
      order by expires_at_ms limit ${batch})`)
}

function removeExpiredPreviews({ db, clock }: Deps): Promise<number> {
  return db.run(sql`
    delete from media.url_preview where url_sha256 in (
      select url_sha256 from media.url_preview where expires_at_ms <= ${clock.now()}
      order by expires_at_ms limit ${batch})`)
}

/**
 * Pictures of previews whose time is over. Their contents are doubtful before the items go, in case this node dies in between, and again
 * after it, in case another sweep has found them referred to meanwhile.
 */
async function removeExpiredItems({ db, clock }: Deps): Promise<number> {
  const expired = await db.rows<{ mediaId: string; sha256: Buffer }>(sql`
    select media_id as "mediaId", sha256 from media.item where kept_until_ms <= ${clock.now()}
    order by kept_until_ms limit ${batch}`)
  const doubt = () =>
    db.run(sql`
      update media.content set settled = false where sha256 = any(${expired.map((item) => item.sha256)}::bytea[])`)
  await doubt()
  await db.run(sql`delete from media.item where media_id = any(${expired.map((item) => item.mediaId)})`)
  await doubt()
  return expired.length
}

async function judgeUnsettled(deps: Deps): Promise<number> {
  const before = deps.clock.now() - claimLifetimeMs
  const doubtful = await deps.db.rows<Unsettled>(sql`
    select sha256, blob_id as "blobId" from media.content
    where not settled and claimed_at_ms <= ${before} order by claimed_at_ms limit ${batch}`)
  for (const content of doubtful) {
    if (await isReferred(deps, content)) {
      await deps.db.run(sql`update media.content set settled = true where sha256 = ${content.sha256}`)
    } else await removeContent(deps, content, before)
  }
  return doubtful.length
}

async function isReferred({ db }: Deps, { sha256 }: Unsettled): Promise<boolean> {
  const [found] = await db.rows(sql`
    select 1 as one where exists (select from media.item where sha256 = ${sha256})
      or exists (select from media.thumbnail where sha256 = ${sha256} and source_sha256 <> ${sha256})`)
  return found !== undefined
}

/**
 * The blob is marked loose first, so that a death between the steps leaves it to a later `removeLooseBlobs`. The delete
 * checks the claim again, under the row's lock: an upload that claims these bytes in the meantime keeps them.
 */
async function removeContent(
  { db, clock }: Deps,
  { sha256, blobId }: Unsettled,
  before: number,
): Promise<void> {
  await db.run(sql`
    insert into media.loose_blob (blob_id, touched_at_ms) values (${blobId}, ${clock.now()})
    on conflict (blob_id) do update set touched_at_ms = excluded.touched_at_ms`)
  const removed = await db.run(sql`
    delete from media.content where sha256 = ${sha256} and not settled and claimed_at_ms <= ${before}`)
  if (removed === 0) return
  const thumbnails = await db.rows<{ sha256: Buffer }>(
    sql`delete from media.thumbnail where source_sha256 = ${sha256} returning sha256`,
  )
  await db.run(sql`
    update media.content set settled = false where sha256 = any(${thumbnails.map((row) => row.sha256)}::bytea[])`)
  await removeBlob({ db }, blobId)
}

async function removeLooseBlobs(deps: Deps): Promise<number> {
  const before = deps.clock.now() - claimLifetimeMs
  const loose = await deps.db.rows<{ blobId: string; owned: boolean }>(sql`
    select blob_id as "blobId", exists (
      select from media.content where content.blob_id = loose_blob.blob_id) as owned
    from media.loose_blob where touched_at_ms <= ${before} order by touched_at_ms limit ${batch}`)
  for (const { blobId, owned } of loose) {
    if (owned) await deps.db.run(sql`delete from media.loose_blob where blob_id = ${blobId}`)
    else await removeBlob(deps, blobId)
  }
  return loose.length
}
