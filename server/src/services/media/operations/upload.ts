import { sql } from '../../../platform/db/sql.ts'
import type { UploadDescription } from '../api.ts'
import type { MediaSettings } from '../config.ts'
import { lockPerson, refuseBeyondQuota } from './check-quota.ts'
import { storedContentType, storedFileName } from './describe-upload.ts'
import { type StoreDeps, storeContent } from './store-content.ts'

/**
 * Stores a file under a new media ID; it is durable when this resolves. A client that saw no answer uploads again and
 * gets another media ID for the same stored bytes.
 * https://spec.matrix.org/v1.19/client-server-api/#post_matrixmediav3upload
 */
export async function upload(
  deps: StoreDeps,
  settings: MediaSettings,
  description: UploadDescription,
  bytes: AsyncIterable<Uint8Array>,
): Promise<{ mediaId: string }> {
  const { userId } = description
  const contentType = storedContentType(description.contentType)
  const fileName = storedFileName(description.fileName)
  await refuseBeyondQuota(deps.db, settings, userId, 0)

  const mediaId = deps.random.text(24)
  await storeContent(deps, bytes, settings.uploadBytesMax, ({ sha256, blobId, sizeBytes }) =>
    deps.db.repeatable(() =>
      deps.db.transaction(async (tx) => {
        await lockPerson(tx, userId)
        await refuseBeyondQuota(tx, settings, userId, sizeBytes, mediaId)
        const now = deps.clock.now()
        await tx.run(sql`
        insert into media.item (media_id, user_id, created_at_ms, uploaded_at_ms, sha256, blob_id, size_bytes,
          content_type, file_name)
        values (${mediaId}, ${userId}, ${now}, ${now}, ${sha256}, ${blobId}, ${sizeBytes}, ${contentType},
          ${fileName ?? null})
        on conflict (media_id) do nothing`)
      }),
    ),
  )
  return { mediaId }
}
