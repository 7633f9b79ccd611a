import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'

/** Reads pieces of blobs; those of small files stay in memory for a while, because avatars are asked for by everybody. */
export type Chunks = { read(blobId: string, number: number, keep: boolean): Promise<Buffer> }

export function createChunks(deps: { db: Database }, options: { cacheBytes: number }): Chunks {
  /** In order of last use, so that the first is the one to drop. */
  const kept = new Map<string, Buffer>()
  const loading = new Map<string, Promise<Buffer>>()
  let keptBytes = 0

  async function load(blobId: string, number: number): Promise<Buffer> {
    const [row] = await deps.db.rows<{ bytes: Buffer }>(
      sql`select bytes from media.chunk where blob_id = ${blobId} and number = ${number}`,
    )
    if (!row) throw new Error(`chunk ${number} of blob ${blobId} is missing`)
    return row.bytes
  }

  function remember(key: string, bytes: Buffer): void {
    if (bytes.length > options.cacheBytes) return
    keptBytes += bytes.length - (kept.get(key)?.length ?? 0)
    kept.delete(key)
    kept.set(key, bytes)
    for (const [oldest, { length }] of kept) {
      if (keptBytes <= options.cacheBytes) break
      kept.delete(oldest)
      keptBytes -= length
    }
  }

  return {
    async read(blobId, number, keep) {
      const key = `${blobId} ${number}`
      const known = kept.get(key)
      if (known) {
        kept.delete(key)
        kept.set(key, known)
        return known
      }
      let reading = loading.get(key)
      if (!reading) {
        reading = load(blobId, number).finally(() => loading.delete(key))
        loading.set(key, reading)
      }
      const bytes = await reading
      if (keep) remember(key, bytes)
      return bytes
    },
  }
}
