import type { Clock } from '../../../platform/clock.ts'

/**
 * Many time limits on one timer: thousands of idle polls cost a set entry each. What is due fires up to
 * `tickMs` late, never early.
 */
export type TimerWheel = {
  /** Calls `run` once `delayMs` have passed; the returned function takes it back. */
  after(delayMs: number, run: () => void): () => void
}

export function createTimerWheel(deps: { clock: Clock }, tickMs: number): TimerWheel {
  const slots = new Map<number, Set<() => void>>()
  let ticking = false
  let fired = Math.floor(deps.clock.now() / tickMs)

  function slotOf(atMs: number): number {
    return Math.ceil(atMs / tickMs)
  }

  function arm(): void {
    if (ticking || slots.size === 0) return
    ticking = true
    const now = deps.clock.now()
    deps.clock.after(tickMs - (now % tickMs), tick)
  }

  function tick(): void {
    ticking = false
    const due = Math.floor(deps.clock.now() / tickMs)
    // A long pause of the process is walked through by the slots that exist, not by every tick that was missed.
    const missed =
      due - fired > slots.size ? [...slots.keys()].filter((slot) => slot <= due) : range(fired + 1, due)
    fired = Math.max(fired, due)
    for (const slot of missed) {
      const runs = slots.get(slot)
      slots.delete(slot)
      for (const run of runs ?? []) run()
    }
    arm()
  }

  return {
    after(delayMs, run) {
      const slot = Math.max(slotOf(deps.clock.now() + delayMs), fired + 1)
      const runs = slots.get(slot) ?? new Set()
      // Wrapped, so that the same function given twice is two entries.
      const entry = () => run()
      slots.set(slot, runs.add(entry))
      arm()
      return () => {
        runs.delete(entry)
        if (runs.size === 0 && slots.get(slot) === runs) slots.delete(slot)
      }
    },
  }
}

function range(first: number, last: number): number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index)
}
