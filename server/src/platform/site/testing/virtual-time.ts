import type { Clock } from '../../clock.ts'

export type VirtualTime = Pick<Clock, 'after'> & {
  now(): number
  /** Runs everything that falls due until then, in order, each with all promises that follow from it. */
  runUntil(atMs: number): Promise<void>
}

type Timer = { atMs: number; order: number; run: () => void }

/** Time for simulations with very many timers: a heap, and nothing that waits for real. */
export function createVirtualTime(): VirtualTime {
  let now = 0
  let order = 0
  const heap: Timer[] = []
  const cancelled = new Set<Timer>()

  return {
    now: () => now,
    after(delayMs, run) {
      const timer = { atMs: now + delayMs, order: order++, run }
      push(heap, timer)
      return () => void cancelled.add(timer)
    },
    async runUntil(atMs) {
      for (;;) {
        const [next] = heap
        if (!next || next.atMs > atMs) break
        pop(heap)
        if (cancelled.delete(next)) continue
        now = next.atMs
        next.run()
        await settled()
      }
      now = atMs
    },
  }
}

/** Promises that are already decided call each other in a chain of microtasks; all of it runs before an immediate does. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

function isBefore(a: Timer, b: Timer): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order)
}

function push(heap: Timer[], timer: Timer): void {
  let index = heap.push(timer) - 1
  while (index > 0) {
    const parent = (index - 1) >> 1
    const above = heap[parent]
    if (!above || isBefore(above, timer)) break
    heap[index] = above
    index = parent
  }
  heap[index] = timer
}

function pop(heap: Timer[]): void {
  const last = heap.pop()
  if (!last || heap.length === 0) return
  let index = 0
  for (;;) {
    const left = heap[index * 2 + 1]
    const right = heap[index * 2 + 2]
    const rightFirst = right !== undefined && left !== undefined && isBefore(right, left)
    const child = rightFirst ? right : left
    if (!child || isBefore(last, child)) break
    heap[index] = child
    index = index * 2 + (rightFirst ? 2 : 1)
  }
  heap[index] = last
}
