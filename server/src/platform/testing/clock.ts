import type { Clock } from '../clock.ts'

export type TestClock = Clock & {
  /** Moves time on and runs what falls due, in order; lets promises settle in between. */
  advance(byMs: number): Promise<void>
  /** Moves time on at once, as for a process that was stopped: what is due by then runs once, before anything else can. */
  jump(byMs: number): void
}

type Timer = { atMs: number; run: () => void }

/** A clock that stands still until told otherwise. */
export function createTestClock(startMs = 1_700_000_000_000): TestClock {
  let now = startMs
  const timers = new Set<Timer>()

  function after(delayMs: number, run: () => void): () => void {
    const timer = { atMs: now + delayMs, run }
    timers.add(timer)
    return () => void timers.delete(timer)
  }

  return {
    now: () => now,
    after,
    sleep(delayMs, signal) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason)
        const cancel = after(delayMs, resolve)
        signal?.addEventListener(
          'abort',
          () => {
            cancel()
            reject(signal.reason)
          },
          { once: true },
        )
      })
    },
    jump(byMs) {
      now += byMs
      const due = [...timers].filter(({ atMs }) => atMs <= now).sort((a, b) => a.atMs - b.atMs)
      for (const timer of due) {
        timers.delete(timer)
        timer.run()
      }
    },
    async advance(byMs) {
      const end = now + byMs
      for (;;) {
        const next = [...timers].filter(({ atMs }) => atMs <= end).sort((a, b) => a.atMs - b.atMs)[0]
        if (!next) break
        timers.delete(next)
        now = Math.max(now, next.atMs)
        next.run()
        await new Promise(setImmediate)
      }
      now = end
      await new Promise(setImmediate)
    },
  }
}
