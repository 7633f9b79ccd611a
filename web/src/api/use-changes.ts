import { useCallback, useRef, useSyncExternalStore } from 'react'

/** Anything of the SDK that tells of changes. */
type Emitter = {
  on(event: never, listener: (...args: never[]) => void): unknown
  off(event: never, listener: (...args: never[]) => void): unknown
}

/** A sync brings many changes at once; they are shown together. */
const gatherMs = 16

/**
 * Draws the component again after any of the events, with all changes of a moment gathered into one. The number it
 * gives changes with them, for dependency lists. `events` must be a constant.
 */
export function useChanges(emitter: Emitter | undefined, events: readonly string[]): number {
  const version = useRef(0)
  const subscribe = useCallback(
    (changed: () => void) => {
      let timer: ReturnType<typeof setTimeout> | undefined
      const later = () => {
        timer ??= setTimeout(() => {
          timer = undefined
          version.current += 1
          changed()
        }, gatherMs)
      }
      for (const event of events) emitter?.on(event as never, later)
      return () => {
        clearTimeout(timer)
        for (const event of events) emitter?.off(event as never, later)
      }
    },
    [emitter, events],
  )
  return useSyncExternalStore(subscribe, () => version.current)
}
