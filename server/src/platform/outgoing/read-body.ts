import type { IncomingMessage } from 'node:http'
import type { Transform } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { OutgoingError } from './errors.ts'

export type ReadLimits = {
  /** Of the body as it comes, and again of what comes of it decompressed. */
  bodyBytesMax: number
  /** Cuts a longer body there instead of refusing it. */
  truncate: boolean
}

/** Encodings that this server asks for. */
export const acceptedEncodings = 'gzip, deflate, br'

/**
 * Reads a body to its end, decompressed. Never holds more than the limit and a chunk: a bomb is left where it bursts the
 * limit, and what is not wanted is not received.
 */
export async function readBody(
  message: IncomingMessage,
  { bodyBytesMax, truncate }: ReadLimits,
): Promise<{ body: Buffer; truncated: boolean }> {
  const decompressor = decompressorOf(message.headers['content-encoding'])
  if (!truncate && Number(message.headers['content-length'] ?? 0) > bodyBytesMax) throw tooLarge()
  const chunks: Buffer[] = []
  let sizeBytes = 0
  for await (const chunk of contentOf(
    message,
    decompressor,
    truncate ? Number.POSITIVE_INFINITY : bodyBytesMax,
  )) {
    const room = bodyBytesMax - sizeBytes
    if (chunk.length > room) {
      if (!truncate) throw tooLarge()
      chunks.push(chunk.subarray(0, room))
      return { body: Buffer.concat(chunks), truncated: true }
    }
    chunks.push(chunk)
    sizeBytes += chunk.length
  }
  return { body: Buffer.concat(chunks), truncated: false }
}

/** What the body holds, chunk by chunk; ends with an error when it breaks off. Whoever stops reading ends the message. */
async function* contentOf(
  message: IncomingMessage,
  decompressor: Transform | undefined,
  rawBytesMax: number,
): AsyncGenerator<Buffer> {
  if (!decompressor) {
    yield* message as AsyncIterable<Buffer>
    return
  }
  let rawBytes = 0
  message.on('data', (chunk: Buffer) => {
    rawBytes += chunk.length
    if (rawBytes > rawBytesMax) message.destroy(tooLarge())
  })
  message.on('error', (error) => decompressor.destroy(error))
  message.on('close', () => {
    if (!message.complete) decompressor.destroy(new Error('the connection was closed'))
  })
  try {
    yield* message.pipe(decompressor) as AsyncIterable<Buffer>
  } finally {
    message.destroy()
  }
}

function decompressorOf(encoding: string | undefined): Transform | undefined {
  switch (encoding?.trim().toLowerCase()) {
    case undefined:
    case '':
    case 'identity':
      return undefined
    case 'gzip':
    case 'x-gzip':
      return createGunzip()
    case 'deflate':
      return createInflate()
    case 'br':
      return createBrotliDecompress()
    default:
      throw new OutgoingError('answer', 'the encoding of the body is unknown')
  }
}

function tooLarge(): OutgoingError {
  return new OutgoingError('too_large', 'the answer is too long')
}
