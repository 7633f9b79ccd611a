import type { KeyValue } from './etcd-json.ts'

export type Freshness = {
  /** Takes what was read, at a time of the own clock that only goes forward. */
  observe(keys: readonly KeyValue[], nowMs: number): void
  /** True when the key was seen to change within the last `freshMs`. */
  isFresh(key: string, nowMs: number): boolean
}

/**
 * Which keys their writers keep alive. A lease alone does not tell: etcd prolongs every lease when its leadership moves,
 * which is just when a site has burnt. Clocks of other sites do not tell either. So a writer puts its key again and again,
 * and a reader watches the revision move on its own clock.
 *
 * The first look, and the first after a gap, only say where the revisions stand.
 */
export function createFreshness(freshMs: number): Freshness {
  let seen = new Map<string, { revision: string; movedAtMs: number }>()
  let observedAtMs = Number.NEGATIVE_INFINITY

  return {
    observe(keys, nowMs) {
      const gap = nowMs - observedAtMs > freshMs
      const moved = ({ key, modRevision }: KeyValue): number => {
        const before = seen.get(key)
        if (gap) return Number.NEGATIVE_INFINITY
        return before?.revision === modRevision ? before.movedAtMs : nowMs
      }
      seen = new Map(
        keys.map((entry) => [entry.key, { revision: entry.modRevision, movedAtMs: moved(entry) }]),
      )
      observedAtMs = nowMs
    },
    isFresh(key, nowMs) {
      const entry = seen.get(key)
      return entry !== undefined && nowMs - entry.movedAtMs <= freshMs
    },
  }
}
