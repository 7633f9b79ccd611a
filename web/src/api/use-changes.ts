import { useCallback, useRef, useSyncExternalStore } from 'react'

/** Anything of the SDK that tells of changes. */
type Emitter = {
  on(event: never, listener: (...args: never[]) => void): unknown
  off(event: never, listener: (...args: never[]) => void): unknown
}

type ChangesOptions = {
  /** Whether a change is one that the component shows, by what the event says. */
  concerns?: (...args: readonly unknown[]) => boolean
  /** However much is going on, it is drawn again only so often; the first change after a rest is shown at once. */
  paceMs?: number
}

/** A sync brings many changes at once; they are shown together. */
const gatherMs = 16

/**
 * Draws the component again after any of the events, with all changes of a moment gathered into one. The number it
 * gives changes with them, for dependency lists. `events` and what `options` holds must be constant.
 */
export function useChanges(
  emitter: Emitter | undefined,
  events: readonly string[],
  { concerns, paceMs = 0 }: ChangesOptions = {},
): number {
  const version = useRef(0)
  const subscribe = useCallback(
    (changed: () => void) => {
      let timer: ReturnType<typeof setTimeout> | undefined
      let drawnAt = Number.NEGATIVE_INFINITY
      const later = (...args: readonly unknown[]) => {
        if (timer !== undefined || concerns?.(...args) === false) return
        const restMs = drawnAt + paceMs - performance.now()
        timer = setTimeout(
          () => {
            timer = undefined
            drawnAt = performance.now()
            version.current += 1
            changed()
          },
          Math.max(gatherMs, restMs),
        )
      }
      for (const event of events) emitter?.on(event as never, later)
      return () => {
        clearTimeout(timer)
        for (const event of events) emitter?.off(event as never, later)
      }
    },
    [emitter, events, concerns, paceMs],
  )
  return useSyncExternalStore(subscribe, () => version.current)
}
