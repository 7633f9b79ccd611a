import { createHash } from 'node:crypto'
import type { Clock } from '../../../platform/clock.ts'
import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { Random } from '../../../platform/random.ts'
import { Outage } from '../../../platform/refusal.ts'
import { refuse } from '../refusals.ts'
import { type Content, chunkBytes } from './content.ts'

type Deps = { db: Database; clock: Clock; random: Random }

/**
 * Stores a stream of bytes as a new blob, in pieces, while it comes in: at most two pieces are in memory, and the
 * source is not read faster than the database takes them. The blob stays loose - the sweep will remove it - until
 * it is claimed. Throws `media.too_large` beyond `bytesMax`; what was stored by then is removed.
 */
export async function writeBlob(
  deps: Deps,
  source: AsyncIterable<Uint8Array>,
  bytesMax: number,
): Promise<Content> {
  const blobId = deps.random.text(22)
  const writer = createWriter(deps, blobId)
  try {
    for await (const piece of source) {
      if (writer.sizeBytes() + piece.length > bytesMax) throw refuse('media.too_large')
      await writer.add(piece)
    }
    return { blobId, ...(await writer.finish()) }
  } catch (error) {
    await writer.settled()
    // When even this fails, the sweep does it.
    await removeBlob(deps, blobId).catch(() => undefined)
    throw error
  }
}

/** Removes a blob that no content owns. */
export async function removeBlob(deps: { db: Database }, blobId: string): Promise<void> {
  await deps.db.run(sql`delete from media.chunk where blob_id = ${blobId}`)
  await deps.db.run(sql`delete from media.loose_blob where blob_id = ${blobId}`)
}

function createWriter(deps: Deps, blobId: string) {
  const hash = createHash('sha256')
  let sizeBytes = 0
  let number = 0
  let piece = Buffer.allocUnsafe(chunkBytes)
  let filled = 0
  let storing: Promise<void> = Promise.resolve()

  /** Stores what is filled while the next piece is being filled; waits for the one before. */
  async function flush(): Promise<void> {
    await storing
    storing = storeChunk(deps, blobId, number, piece.subarray(0, filled))
    // Whoever awaits it next gets the error; until then it is not unhandled.
    storing.catch(() => undefined)
    number += 1
    filled = 0
  }

  return {
    sizeBytes: () => sizeBytes,
    async add(bytes: Uint8Array): Promise<void> {
      hash.update(bytes)
      sizeBytes += bytes.length
      for (let taken = 0; taken < bytes.length; ) {
        const part = bytes.subarray(taken, taken + chunkBytes - filled)
        piece.set(part, filled)
        filled += part.length
        taken += part.length
        if (filled === chunkBytes) {
          await flush()
          piece = Buffer.allocUnsafe(chunkBytes)
        }
      }
    },
    async finish() {
      if (filled > 0) await flush()
      await storing
      return { sha256: hash.digest(), sizeBytes }
    },
    settled: () => storing.catch(() => undefined),
  }
}

/** Repeating it is harmless, so one lost answer - a fail-over in the middle of an upload - is repeated here. */
async function storeChunk(deps: Deps, blobId: string, number: number, bytes: Buffer): Promise<void> {
  try {
    await insertChunk(deps, blobId, number, bytes)
  } catch (error) {
    if (!(error instanceof Outage)) throw error
    await insertChunk(deps, blobId, number, bytes)
  }
}

async function insertChunk(deps: Deps, blobId: string, number: number, bytes: Buffer): Promise<void> {
  const now = deps.clock.now()
  // Only the first piece may create the row: when the sweep has taken the blob away, the upload must fail.
  const loose =
    number === 0
      ? sql`insert into media.loose_blob (blob_id, touched_at_ms) values (${blobId}, ${now})
          on conflict (blob_id) do update set touched_at_ms = excluded.touched_at_ms returning blob_id`
      : sql`update media.loose_blob set touched_at_ms = ${now} where blob_id = ${blobId} returning blob_id`
  const store = () =>
    deps.db.rows(sql`
    with loose as (${loose}), stored as (
      insert into media.chunk (blob_id, number, bytes) select blob_id, ${number}::int, ${bytes}::bytea from loose
      on conflict do nothing
    )
    select blob_id from loose`)
  const alive = await deps.db.repeatable(store)
  if (alive.length === 0) throw refuse('media.upload_interrupted')
}
