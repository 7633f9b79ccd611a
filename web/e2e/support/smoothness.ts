import type { Page } from 'playwright-core'

/** What kept a page from being smooth since it was last asked. */
export type Smoothness = {
  /** Tasks of more than 50 ms, and how long the longest was. */
  longTasks: number
  longestTaskMs: number
  /** Time beyond 50 ms in all long tasks together. */
  blockedMs: number
  /** Sum of https://web.dev/articles/cls without what a person's own touch moved. */
  layoutShift: number
}

/** Begins to watch; to be called before the page is loaded. */
export async function watchSmoothness(page: Page): Promise<void> {
  await page.addInitScript(`
    globalThis.smoothness = { tasks: [], shift: 0 }
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) globalThis.smoothness.tasks.push(duration)
    }).observe({ type: 'longtask', buffered: true })
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries())
        if (!entry.hadRecentInput) globalThis.smoothness.shift += entry.value
    }).observe({ type: 'layout-shift', buffered: true })
  `)
}

/** What was seen since it was last asked. */
export async function readSmoothness(page: Page): Promise<Smoothness> {
  const { tasks, shift } = (await page.evaluate(`(() => {
    const seen = globalThis.smoothness
    globalThis.smoothness = { tasks: [], shift: 0 }
    return seen
  })()`)) as { tasks: number[]; shift: number }
  return {
    longTasks: tasks.length,
    longestTaskMs: Math.round(Math.max(0, ...tasks)),
    blockedMs: Math.round(tasks.reduce((sum, duration) => sum + duration - 50, 0)),
    layoutShift: Math.round(shift * 1000) / 1000,
  }
}

/** Bytes of JavaScript's heap after a collection, in MB. */
export async function heapMegabytes(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page)
  await session.send('HeapProfiler.collectGarbage')
  await session.send('Performance.enable')
  const { metrics } = await session.send('Performance.getMetrics')
  await session.detach()
  const used = metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? 0
  return Math.round(used / 100_000) / 10
}

/** Lets the page's processor be so many times slower. */
export async function slowProcessor(page: Page, times: number): Promise<void> {
  const session = await page.context().newCDPSession(page)
  await session.send('Emulation.setCPUThrottlingRate', { rate: times })
}
