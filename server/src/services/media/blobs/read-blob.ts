import type { Chunks } from './chunk-cache.ts'
import { type Content, chunkBytes } from './content.ts'

/** Up to this size a file's pieces are kept in memory for the next reader. */
const smallBytesMax = 1024 * 1024

/** Half open: from `start` up to, not including, `end`. */
export type ByteRange = { start: number; end: number }

/**
 * The bytes of a content, one piece at a time and only when asked for: a slow reader costs one piece, and no database
 * connection while it is being slow.
 */
export async function* readBlob(
  deps: { chunks: Chunks },
  { blobId, sizeBytes }: Content,
  { start, end }: ByteRange,
): AsyncGenerator<Buffer> {
  const keep = sizeBytes <= smallBytesMax
  for (let number = Math.floor(start / chunkBytes); number * chunkBytes < end; number++) {
    const offset = number * chunkBytes
    const bytes = await deps.chunks.read(blobId, number, keep)
    yield bytes.subarray(Math.max(start - offset, 0), Math.min(end - offset, bytes.length))
  }
}

/** All bytes of a content, for work that needs them at once. */
export async function readWhole(deps: { chunks: Chunks }, content: Content): Promise<Buffer> {
  const whole = Buffer.allocUnsafe(content.sizeBytes)
  let filled = 0
  for await (const bytes of readBlob(deps, content, { start: 0, end: content.sizeBytes }))
    filled += bytes.copy(whole, filled)
  return whole
}
