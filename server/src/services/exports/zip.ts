import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { ZipFile } from 'yazl'
import type { Clock } from '../../platform/clock.ts'

export type Entry = {
  path: string
  /** Asked for when its turn comes, and as fast as the ZIP is read. */
  content: AsyncIterable<Buffer | string>
  /** False for what is compressed already. */
  compress?: boolean
}

/**
 * The bytes of a ZIP with these entries, which are asked for one after the other. When one of them fails, so does the reading: a ZIP
 * without its end is none.
 */
export async function* zipOf(
  entries: AsyncIterable<Entry>,
  { clock }: { clock: Clock },
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  const zip = new ZipFile()
  const output = outputOf(zip)
  const mtime = new Date(clock.now())
  let current: Readable | undefined
  const stop = (error: Error) => {
    current?.destroy()
    output.destroy(error)
  }
  zip.on('error', stop)
  const onAbort = () => stop(new Error('nobody reads it any more'))
  signal.addEventListener('abort', onAbort, { once: true })

  async function fill(): Promise<void> {
    for await (const { path, content, compress = true } of entries) {
      // Nobody would read what is added now.
      if (output.destroyed) return
      const entry = Readable.from(content, { objectMode: false })
      current = entry
      const read = new Promise<void>((resolve, reject) => {
        entry.once('end', resolve)
        entry.once('error', reject)
        entry.once('close', () => reject(new Error('the entry was left')))
      })
      zip.addReadStream(entry, path, { mtime, compress })
      await read
    }
    zip.end()
  }

  const filled = fill().catch((error: unknown) =>
    stop(error instanceof Error ? error : new Error(String(error))),
  )
  try {
    yield* output as AsyncIterable<Buffer>
  } finally {
    signal.removeEventListener('abort', onAbort)
    stop(new Error('nobody reads it any more'))
    await filled
  }
}

function outputOf({ outputStream }: ZipFile): Readable {
  assert(outputStream instanceof Readable, 'yazl gives one of the streams of Node')
  return outputStream
}

const pieceLength = 16 * 1024

/** One JSON value a line, many lines in a piece. */
export async function* jsonLines(values: AsyncIterable<unknown> | Iterable<unknown>): AsyncGenerator<string> {
  let piece = ''
  for await (const value of values) {
    piece += `${JSON.stringify(value)}\n`
    if (piece.length < pieceLength) continue
    yield piece
    piece = ''
  }
  if (piece !== '') yield piece
}

export async function* jsonText(value: unknown): AsyncGenerator<string> {
  yield `${JSON.stringify(value, null, 2)}\n`
}
