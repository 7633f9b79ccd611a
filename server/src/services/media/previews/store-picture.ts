import { Readable } from 'node:stream'
import { sql } from '../../../platform/db/sql.ts'
import type { Outgoing } from '../../../platform/outgoing/outgoing.ts'
import { chooseVariant } from '../images/plan-thumbnail.ts'
import { readSize, renderThumbnail } from '../images/render-thumbnail.ts'
import type { WorkLimit } from '../images/work-limit.ts'
import { type StoreDeps, storeContent } from '../operations/store-content.ts'

export type PictureDeps = StoreDeps & { outgoing: Pick<Outgoing, 'send'>; work: WorkLimit }
export type Picture = {
  mediaId: string
  contentType: string
  width: number
  height: number
  sizeBytes: number
}

const bytesMax = 10 * 1024 ** 2
const shown = chooseVariant({ width: 800, height: 600, method: 'scale', animated: false })
/** Nobody's: it counts for no person's quota. */
const owner = ''

/**
 * Gets a preview's picture, makes it as small as it is shown, and stores it like what people upload, until `keptUntilMs`. Throws when
 * there is no picture that thumbnails are made of.
 */
export async function storePicture(
  deps: PictureDeps,
  url: string,
  options: { timeoutMs: number; pixelsMax: number; keptUntilMs: number },
): Promise<Picture> {
  const { status, body } = await deps.outgoing.send({
    url,
    headers: { accept: 'image/webp,image/jpeg,image/png,image/gif,image/*;q=0.8' },
    timeoutMs: options.timeoutMs,
    bodyBytesMax: bytesMax,
    redirectsMax: 5,
  })
  if (status !== 200) throw new Error(`the picture is answered with ${status}`)
  const rendered = await deps.work.run(() => renderThumbnail(body, shown, options))
  const picture = rendered.bytes ?? body
  const mediaId = deps.random.text(24)
  const now = deps.clock.now()
  await storeContent(deps, Readable.from([picture]), bytesMax, ({ sha256, blobId, sizeBytes }) =>
    deps.db.repeatable(async () => {
      await deps.db.run(sql`
        insert into media.item (media_id, user_id, created_at_ms, uploaded_at_ms, sha256, blob_id, size_bytes, content_type,
          kept_until_ms)
        values (${mediaId}, ${owner}, ${now}, ${now}, ${sha256}, ${blobId}, ${sizeBytes}, ${rendered.contentType},
          ${options.keptUntilMs})
        on conflict (media_id) do nothing`)
    }),
  )
  return {
    mediaId,
    contentType: rendered.contentType,
    sizeBytes: picture.length,
    ...(await readSize(picture)),
  }
}
