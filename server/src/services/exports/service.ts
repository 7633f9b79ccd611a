import type { Viewer } from '../rooms/api.ts'
import { accountEntries } from './parts/account.ts'
import { mediaEntries } from './parts/media.ts'
import { readmeEntry } from './parts/readme.ts'
import { roomEntries } from './parts/rooms.ts'
import { refuse } from './refusals.ts'
import type { ExportsDeps } from './sources.ts'
import { type Entry, zipOf } from './zip.ts'

export type Exports = {
  /**
   * All that is kept for a person, as the bytes of a ZIP that is made as it is read. Throws `exports.busy` when this node makes as many
   * as it can.
   */
  of(viewer: Viewer, signal: AbortSignal): Promise<AsyncIterable<Buffer>>
}

const atOnce = 2
const retryAfterSeconds = 30

export function createExports(deps: ExportsDeps): Exports {
  let running = 0

  /** Takes one of the places, and gives how to leave it: by whichever end comes first. */
  function takePlace(): () => void {
    if (running >= atOnce)
      throw refuse('exports.busy', { retryAfterSeconds, extra: { retry_after_ms: retryAfterSeconds * 1000 } })
    running += 1
    let left = false
    return () => {
      if (!left) running -= 1
      left = true
    }
  }

  async function* bytes(
    viewer: Viewer,
    upTo: number,
    { signal, leave }: { signal: AbortSignal; leave: () => void },
  ): AsyncGenerator<Buffer> {
    try {
      yield* zipOf(entriesOf(deps, viewer, upTo, signal), deps, signal)
    } finally {
      leave()
    }
  }

  return {
    async of(viewer, signal) {
      const leave = takePlace()
      // A client may go away before its first byte is asked for.
      signal.addEventListener('abort', leave, { once: true })
      try {
        const upTo = await deps.stream.head()
        await deps.stream.reached(upTo, signal)
        return bytes(viewer, upTo, { signal, leave })
      } catch (error) {
        leave()
        throw error
      }
    },
  }
}

async function* entriesOf(
  deps: ExportsDeps,
  viewer: Viewer,
  upTo: number,
  signal: AbortSignal,
): AsyncGenerator<Entry> {
  yield readmeEntry(deps, viewer.userId)
  yield* accountEntries(deps, viewer.userId, upTo)
  yield* roomEntries(deps, viewer, upTo, signal)
  yield* mediaEntries(deps, viewer.userId)
}
