import { Readable } from 'node:stream'
import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import { Refusal } from '../../../platform/refusal.ts'
import type { Chunks } from '../blobs/chunk-cache.ts'
import type { Content } from '../blobs/content.ts'
import { readWhole } from '../blobs/read-blob.ts'
import type { MediaSettings } from '../config.ts'
import { chooseVariant, type ThumbnailRequest, type Variant } from '../images/plan-thumbnail.ts'
import { type Rendered, renderThumbnail } from '../images/render-thumbnail.ts'
import { sniffImage } from '../images/sniff.ts'
import type { WorkLimit } from '../images/work-limit.ts'
import { refuse } from '../refusals.ts'
import { type StoreDeps, storeContent } from './store-content.ts'

type Deps = StoreDeps & { chunks: Chunks; work: WorkLimit }
export type Thumbnail = { content: Content; contentType: string }
export type Thumbnails = { make(source: Content, request: ThumbnailRequest): Promise<Thumbnail> }

/** A content has at most so many stored thumbnails; beyond that a request gets the whole picture. */
const variantsMax = 32
const refusedMax = 10_000

/**
 * Thumbnails are made when first asked for, once per node however many ask at the same time, and stored like any other
 * content. That a content cannot be thumbnailed is remembered in memory, so that asking again costs nothing.
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv1mediathumbnailservernamemediaid
 */
export function createThumbnails(deps: Deps, settings: MediaSettings): Thumbnails {
  const making = new Map<string, Promise<Thumbnail>>()
  const refused = new Map<string, Refusal>()

  async function makeOnce(source: Content, variant: Variant, name: string): Promise<Thumbnail> {
    try {
      return await makeThumbnail(deps, settings, source, variant)
    } catch (error) {
      if (error instanceof Refusal) {
        refused.set(name, error)
        if (refused.size > refusedMax) refused.delete(refused.keys().next().value ?? name)
      }
      throw error
    } finally {
      making.delete(name)
    }
  }

  return {
    async make(source, request) {
      const variant = await boundedVariant(deps.db, source, chooseVariant(request))
      if ('content' in variant) return variant
      const name = `${source.sha256.toString('base64url')} ${variant.key}`
      const no = refused.get(name)
      if (no) throw no
      let thumbnail = making.get(name)
      if (!thumbnail) {
        thumbnail = makeOnce(source, variant, name)
        making.set(name, thumbnail)
      }
      return thumbnail
    },
  }
}

type Row = { variant: string; sha256: Buffer; blobId: string; sizeBytes: number; contentType: string }

/** The stored thumbnail, or the variant to make. */
async function boundedVariant(db: Database, source: Content, wanted: Variant): Promise<Thumbnail | Variant> {
  const rows = await db.rows<Row>(sql`
    select variant, sha256, blob_id as "blobId", size_bytes as "sizeBytes", content_type as "contentType"
    from media.thumbnail where source_sha256 = ${source.sha256}`)
  const whole = chooseVariant({
    width: Infinity,
    height: Infinity,
    method: 'scale',
    animated: wanted.animated,
  })
  const variant =
    rows.length >= variantsMax && !rows.some((row) => row.variant === wanted.key) ? whole : wanted
  const found = rows.find((row) => row.variant === variant.key)
  if (!found) return variant
  const { contentType, ...content } = found
  return { content, contentType }
}

async function makeThumbnail(
  deps: Deps,
  settings: MediaSettings,
  source: Content,
  variant: Variant,
): Promise<Thumbnail> {
  const head = source.sizeBytes === 0 ? Buffer.alloc(0) : await deps.chunks.read(source.blobId, 0, false)
  if (!sniffImage(head)) throw refuse('media.not_thumbnailable')
  if (source.sizeBytes > settings.thumbnailSourceBytesMax) throw refuse('media.too_large_to_thumbnail')
  const rendered = await deps.work.run(async () =>
    renderThumbnail(await readWhole(deps, source), variant, { pixelsMax: settings.thumbnailPixelsMax }),
  )
  return { content: await remember(deps, source, variant, rendered), contentType: rendered.contentType }
}

async function remember(
  deps: Deps,
  source: Content,
  { key }: Variant,
  { bytes, contentType }: Rendered,
): Promise<Content> {
  const refer = async ({ sha256, blobId, sizeBytes }: Content) => {
    await deps.db.run(sql`
      insert into media.thumbnail (source_sha256, variant, sha256, blob_id, size_bytes, content_type, created_at_ms)
      values (${source.sha256}, ${key}, ${sha256}, ${blobId}, ${sizeBytes}, ${contentType}, ${deps.clock.now()})
      on conflict do nothing`)
  }
  if (bytes) return storeContent(deps, Readable.from([bytes]), Infinity, refer)
  await refer(source)
  return source
}
