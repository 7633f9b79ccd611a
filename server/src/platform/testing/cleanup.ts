import type { TestContext } from 'node:test'

type Cleanup = () => unknown
const cleanups = new WeakMap<TestContext, Cleanup[]>()

/** Runs `cleanup` when the test ends, the last one registered first (node:test's own `after` runs the first one first). */
export function atEnd(t: TestContext, cleanup: Cleanup): void {
  const existing = cleanups.get(t)
  if (existing) {
    existing.push(cleanup)
    return
  }
  const list = [cleanup]
  cleanups.set(t, list)
  t.after(async () => {
    for (const run of list.reverse()) await run()
  })
}
