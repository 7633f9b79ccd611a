import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { UploadDescription } from '../api.ts'
import type { MediaSettings } from '../config.ts'
import { refuse } from '../refusals.ts'
import type { Arrivals } from './arrivals.ts'
import { lockPerson, refuseBeyondQuota } from './check-quota.ts'
import { storedContentType, storedFileName } from './describe-upload.ts'
import { type StoreDeps, storeContent } from './store-content.ts'

/**
 * Stores the content of a reserved media ID. Of several uploads to one ID exactly one succeeds; whoever repeats it
 * because the answer was lost is told that the content is there.
 * https://spec.matrix.org/v1.19/client-server-api/#put_matrixmediav3uploadservernamemediaid
 */
export async function complete(
  deps: StoreDeps & { arrivals: Arrivals },
  settings: MediaSettings,
  mediaId: string,
  description: UploadDescription,
  bytes: AsyncIterable<Uint8Array>,
): Promise<void> {
  const { userId } = description
  const contentType = storedContentType(description.contentType)
  const fileName = storedFileName(description.fileName)
  await requireReservation(deps.db, mediaId, userId, deps.clock.now())
  await refuseBeyondQuota(deps.db, settings, userId, 0)

  await storeContent(deps, bytes, settings.uploadBytesMax, ({ sha256, blobId, sizeBytes }) =>
    deps.db.transaction(async (tx) => {
      await lockPerson(tx, userId)
      const now = deps.clock.now()
      await requireReservation(tx, mediaId, userId, now)
      await refuseBeyondQuota(tx, settings, userId, sizeBytes)
      await tx.run(sql`
        update media.item set uploaded_at_ms = ${now}, sha256 = ${sha256}, blob_id = ${blobId},
          size_bytes = ${sizeBytes}, content_type = ${contentType}, file_name = ${fileName ?? null}
        where media_id = ${mediaId}`)
    }),
  )
  deps.arrivals.announce(mediaId)
}

type Reservation = { userId: string; uploaded: boolean; expiresAtMs: number | null }

async function requireReservation(
  db: Pick<Database, 'rows'>,
  mediaId: string,
  userId: string,
  now: number,
): Promise<void> {
  const [item] = await db.rows<Reservation>(sql`
    select user_id as "userId", uploaded_at_ms is not null as uploaded, expires_at_ms as "expiresAtMs"
    from media.item where media_id = ${mediaId}`)
  if (!item || (!item.uploaded && (item.expiresAtMs ?? 0) <= now)) throw refuse('media.not_found')
  // What was uploaded at once was never created by POST /create, so nobody's PUT can be meant for it.
  if (item.expiresAtMs === null) throw refuse('media.not_found')
  if (item.userId !== userId) throw refuse('media.not_owner')
  if (item.uploaded) throw refuse('media.already_uploaded')
}
