import type { Clock } from '../../../platform/clock.ts'
import type { View } from './person.ts'

/** Whose devices sync at this node, and as what. */
export type DevicesHere = {
  /** A device has begun a /sync. */
  seen(userId: string, as: View): void
  /** Says of whom nothing was seen for too long. */
  lookAgain(): void
}

type Seen = { onlineAtMs: number; atMs: number; view: View }

/** With several devices the one that is online counts, until it is not seen any more. */
export function createDevicesHere(
  deps: { clock: Clock },
  options: { offlineAfterMs: number },
  onChange: (userId: string, view: View | undefined) => void,
): DevicesHere {
  const { clock } = deps
  const here = new Map<string, Seen>()

  function judge(userId: string, seen: Seen): void {
    const view = clock.now() - seen.onlineAtMs < options.offlineAfterMs ? 'online' : 'unavailable'
    if (view === seen.view) return
    seen.view = view
    onChange(userId, view)
  }

  return {
    seen(userId, as) {
      const now = clock.now()
      const seen = here.get(userId)
      if (!seen) {
        here.set(userId, { onlineAtMs: as === 'online' ? now : -Infinity, atMs: now, view: as })
        onChange(userId, as)
        return
      }
      seen.atMs = now
      if (as === 'online') seen.onlineAtMs = now
      judge(userId, seen)
    },
    lookAgain() {
      for (const [userId, seen] of here) {
        if (clock.now() - seen.atMs >= options.offlineAfterMs) {
          here.delete(userId)
          onChange(userId, undefined)
        } else judge(userId, seen)
      }
    },
  }
}
