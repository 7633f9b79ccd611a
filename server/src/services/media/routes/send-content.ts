import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Clock } from '../../../platform/clock.ts'
import type { Chunks } from '../blobs/chunk-cache.ts'
import type { Content } from '../blobs/content.ts'
import { readBlob } from '../blobs/read-blob.ts'
import { refuse } from '../refusals.ts'
import { matchesAny, requestedRange } from './byte-ranges.ts'

export type ServedContent = {
  content: Content
  contentType: string
  disposition: string
  /** Whether caches that people share may keep it: only what everybody may read. */
  shared: boolean
}

const safeHeaders = {
  'content-security-policy':
    "sandbox; default-src 'none'; script-src 'none'; plugin-types application/pdf; style-src 'unsafe-inline'; object-src 'self';",
  'cross-origin-resource-policy': 'cross-origin',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
}

/**
 * Answers with a stored content, so that no browser runs it as anything. What a media ID names never changes, so it may
 * be cached for good. Bytes leave as fast as the client takes them; one that takes none for `stallMs` is cut off.
 * https://spec.matrix.org/v1.19/client-server-api/#content-repo-security-considerations
 */
export function sendContent(
  deps: { chunks: Chunks; clock: Clock },
  request: FastifyRequest,
  reply: FastifyReply,
  served: ServedContent,
  stallMs: number,
): FastifyReply {
  const { content, shared } = served
  const etag = `"${content.sha256.toString('base64url')}"`
  const range = wantedRange(request, content.sizeBytes, etag)
  if (range === 'unsatisfiable') {
    reply.header('content-range', `bytes */${content.sizeBytes}`)
    throw refuse('media.range_unsatisfiable')
  }
  reply.headers({
    ...safeHeaders,
    etag,
    'cache-control': `${shared ? 'public' : 'private'}, max-age=31536000, immutable`,
    'accept-ranges': 'bytes',
  })
  if (matchesAny(request.headers['if-none-match'], etag)) return reply.code(304).send()

  const { start, end } = range === 'all' ? { start: 0, end: content.sizeBytes } : range
  if (range !== 'all')
    reply.code(206).header('content-range', `bytes ${start}-${end - 1}/${content.sizeBytes}`)
  reply.headers({
    'content-type': served.contentType,
    'content-disposition': served.disposition,
    'content-length': end - start,
  })
  const pieces = cutWhenStalled(deps, readBlob(deps, content, { start, end }), reply, stallMs)
  // A high-water mark of one byte: the next piece is read when the one before has left for the socket.
  return reply.send(Readable.from(pieces, { objectMode: false, highWaterMark: 1 }))
}

/** Ends the connection of a client that does not take a piece within `stallMs`. */
async function* cutWhenStalled(
  { clock }: { clock: Clock },
  pieces: AsyncIterable<Buffer>,
  { raw }: FastifyReply,
  stallMs: number,
): AsyncGenerator<Buffer> {
  let cancel: () => void = () => undefined
  // The last piece is watched too: until the answer is out or the connection gone.
  raw.once('close', () => cancel())
  for await (const bytes of pieces) {
    cancel()
    cancel = clock.after(stallMs, () => raw.destroy())
    yield bytes
  }
}

function wantedRange(request: FastifyRequest, sizeBytes: number, etag: string) {
  const ifRange = request.headers['if-range']
  if (ifRange !== undefined && ifRange !== etag) return 'all'
  return requestedRange(request.headers.range, sizeBytes)
}
