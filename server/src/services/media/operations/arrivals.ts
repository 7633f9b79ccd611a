import type { Clock } from '../../../platform/clock.ts'
import type { Bus } from '../../../platform/stream/bus.ts'

/** Tells those who wait for a reserved media ID, on whichever node, that its content has come. */
export type Arrivals = {
  announce(mediaId: string): void
  /**
   * Calls `look` until it finds something, at each hint and every `lookAgainMs` (a hint may be lost), for at most
   * `timeoutMs`; then gives undefined. Rejects with the signal's reason.
   */
  wait<T>(
    mediaId: string,
    timeoutMs: number,
    signal: AbortSignal,
    look: () => Promise<T | undefined>,
  ): Promise<T | undefined>
}

const topic = 'media'
const lookAgainMs = 5_000

export function createArrivals(deps: { bus: Bus; clock: Clock }): Arrivals {
  const waiting = new Map<string, Set<() => void>>()

  function hint(mediaId: string): void {
    for (const wake of waiting.get(mediaId) ?? []) wake()
  }
  deps.bus.subscribe(topic, (mediaId) => hint(String(mediaId)))
  deps.bus.onGap(() => {
    for (const mediaId of [...waiting.keys()]) hint(mediaId)
  })

  /** Resolves at the next hint, after `delayMs`, or when the signal is aborted. */
  function nextHint(mediaId: string): {
    pause(delayMs: number, signal: AbortSignal): Promise<void>
    end(): void
  } {
    let hinted = new AbortController()
    const wake = () => hinted.abort(new Error('hinted'))
    const wakes = waiting.get(mediaId) ?? new Set()
    waiting.set(mediaId, wakes.add(wake))
    return {
      async pause(delayMs, signal) {
        await deps.clock.sleep(delayMs, AbortSignal.any([hinted.signal, signal])).catch(() => undefined)
        hinted = new AbortController()
      },
      end() {
        wakes.delete(wake)
        if (wakes.size === 0) waiting.delete(mediaId)
      },
    }
  }

  return {
    announce: (mediaId) => deps.bus.publish(topic, mediaId),
    async wait(mediaId, timeoutMs, signal, look) {
      const deadline = deps.clock.now() + timeoutMs
      // Listening begins before the first look, so that an arrival between the two is not missed.
      const hints = nextHint(mediaId)
      try {
        for (;;) {
          const found = await look()
          const leftMs = deadline - deps.clock.now()
          if (found !== undefined || leftMs <= 0) return found
          await hints.pause(Math.min(leftMs, lookAgainMs), signal)
          signal.throwIfAborted()
        }
      } finally {
        hints.end()
      }
    },
  }
}
