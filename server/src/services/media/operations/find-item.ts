import type { Clock } from '../../../platform/clock.ts'
import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { MediaItem } from '../api.ts'
import { refuse } from '../refusals.ts'
import type { Arrivals } from './arrivals.ts'

/** How long a request may at most wait for content that is still to be uploaded. */
export const waitMaxMs = 60_000

/**
 * The item with its content, waiting for one that is reserved. Throws `media.not_found`, or `media.not_yet_uploaded`
 * when the wait is over. No database connection is held while it waits.
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv1mediadownloadservernamemediaid
 */
export async function findItem(
  deps: { db: Database; clock: Clock; arrivals: Arrivals },
  mediaId: string,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<MediaItem> {
  const first = await look(deps, mediaId)
  if (first) return first
  const found = await deps.arrivals.wait(mediaId, Math.min(timeoutMs, waitMaxMs), signal, () =>
    look(deps, mediaId),
  )
  if (!found) throw refuse('media.not_yet_uploaded')
  return found
}

/** What a person has uploaded, in the order of the media IDs. */
export async function uploadsOf(
  { db }: { db: Database },
  userId: string,
  { after, limit }: { after: string; limit: number },
): Promise<MediaItem[]> {
  const rows = await db.rows<Row & { mediaId: string; sha256: Buffer }>(sql`
    select media_id as "mediaId", ${itemColumns} from media.item
    where user_id = ${userId} and media_id > ${after} and uploaded_at_ms is not null
    order by media_id limit ${limit}`)
  return rows.map(itemOf)
}

const itemColumns = sql`sha256, blob_id as "blobId", size_bytes as "sizeBytes", content_type as "contentType",
  file_name as "fileName", uploaded_at_ms as "uploadedAtMs", expires_at_ms as "expiresAtMs"`

type Row = {
  sha256: Buffer | null
  blobId: string
  sizeBytes: number
  contentType: string
  fileName: string | null
  uploadedAtMs: number
  expiresAtMs: number | null
}

/** Undefined while the item waits for its content. */
async function look(deps: { db: Database; clock: Clock }, mediaId: string): Promise<MediaItem | undefined> {
  const [row] = await deps.db.rows<Row>(sql`
    select ${itemColumns} from media.item where media_id = ${mediaId}`)
  if (!row) throw refuse('media.not_found')
  const { sha256, expiresAtMs } = row
  if (!sha256) {
    if ((expiresAtMs ?? 0) <= deps.clock.now()) throw refuse('media.not_found')
    return undefined
  }
  return itemOf({ ...row, mediaId, sha256 })
}

function itemOf(row: Row & { mediaId: string; sha256: Buffer }): MediaItem {
  const { mediaId, sha256, blobId, sizeBytes, contentType, fileName, uploadedAtMs } = row
  return {
    mediaId,
    content: { sha256, blobId, sizeBytes },
    contentType,
    fileName: fileName ?? undefined,
    uploadedAtMs,
  }
}
