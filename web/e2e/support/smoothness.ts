import type { CDPSession, Page } from 'playwright-core'

/** What kept a page from being smooth since it was last asked. */
export type Smoothness = {
  /** Tasks of more than 50 ms, and how long the longest was. */
  longTasks: number
  longestTaskMs: number
  /** Time beyond 50 ms in all long tasks together. */
  blockedMs: number
  /** Sum of https://web.dev/articles/cls without what a person's own touch moved. */
  layoutShift: number
  /** Of the largest shifts: by how much, when, and what moved from where to where. For whoever looks for the cause. */
  moved: string[]
}

/** Begins to watch; to be called before the page is loaded. */
export async function watchSmoothness(page: Page): Promise<void> {
  await page.addInitScript(`
    globalThis.smoothness = { tasks: [], shifts: [] }
    const nameOf = (node) => node?.nodeType === 1
      ? node.tagName.toLowerCase() + '.' + node.className + ' "' + (node.textContent ?? '').slice(0, 24) + '"'
      : String(node?.nodeName)
    const place = ({ x, y, width, height }) => [x, y, width, height].map(Math.round).join(' ')
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) globalThis.smoothness.tasks.push(duration)
    }).observe({ type: 'longtask', buffered: true })
    new PerformanceObserver((list) => {
      for (const { hadRecentInput, value, startTime, sources } of list.getEntries()) {
        if (hadRecentInput) continue
        const what = sources.map(({ node, previousRect, currentRect }) =>
          nameOf(node) + ': ' + place(previousRect) + ' to ' + place(currentRect))
        globalThis.smoothness.shifts.push({ value, startTime, what })
      }
    }).observe({ type: 'layout-shift', buffered: true })
  `)
}

type Watched = { tasks: number[]; shifts: { value: number; startTime: number; what: string[] }[] }
const movesShown = 3

/** What was seen since it was last asked. */
export async function readSmoothness(page: Page): Promise<Smoothness> {
  const { tasks, shifts } = (await page.evaluate(`(() => {
    const seen = globalThis.smoothness
    globalThis.smoothness = { tasks: [], shifts: [] }
    return seen
  })()`)) as Watched
  return {
    longTasks: tasks.length,
    longestTaskMs: Math.round(Math.max(0, ...tasks)),
    blockedMs: Math.round(tasks.reduce((sum, duration) => sum + duration - 50, 0)),
    layoutShift: Math.round(shifts.reduce((sum, { value }) => sum + value, 0) * 1000) / 1000,
    moved: [...shifts]
      .sort((a, b) => b.value - a.value)
      .slice(0, movesShown)
      .map(
        ({ value, startTime, what }) => `${value.toFixed(3)} at ${Math.round(startTime)}: ${what.join('; ')}`,
      ),
  }
}

/** The frames of a while, on a display that could show sixty a second. */
export type Frames = {
  shown: number
  /** Times that the display would have had to show the frame before once more. */
  missed: number
  longestMs: number
  /** Frames in which a part of the list's place had no row in it, and the largest such part in pixels. */
  bare: number
  barestPx: number
}

/** Counts frames until `readFrames`. `list` selects what scrolls; its rows are the children of its last child. */
export async function watchFrames(page: Page, list: string): Promise<void> {
  await page.evaluate(`(() => {
    const frames = { gaps: [], bare: [], watching: true }
    globalThis.frames = frames
    const barePx = (element) => {
      const { top, bottom } = element.getBoundingClientRect()
      const rows = [...element.lastElementChild.children].map((row) => row.getBoundingClientRect())
      const from = Math.max(top, Math.min(bottom, ...rows.map((row) => row.top)))
      const to = Math.min(bottom, Math.max(top, ...rows.map((row) => row.bottom)))
      return Math.max(0, bottom - top - Math.max(0, to - from))
    }
    let before = performance.now()
    const look = (now) => {
      frames.gaps.push(now - before)
      before = now
      const element = document.querySelector(${JSON.stringify(list)})
      if (element) frames.bare.push(barePx(element))
      if (frames.watching) requestAnimationFrame(look)
    }
    requestAnimationFrame((now) => {
      before = now
      requestAnimationFrame(look)
    })
  })()`)
}

const frameMs = 1000 / 60
/** The edges of a list have room in them that no row fills. */
const edgePx = 24

export async function readFrames(page: Page): Promise<Frames> {
  const { gaps, bare } = (await page.evaluate(
    '(globalThis.frames.watching = false, globalThis.frames)',
  )) as Record<'gaps' | 'bare', number[]>
  const bareOnes = bare.filter((px) => px > edgePx)
  return {
    shown: gaps.length,
    missed: gaps.reduce((sum, gap) => sum + Math.max(0, Math.round(gap / frameMs) - 1), 0),
    longestMs: Math.round(Math.max(0, ...gaps)),
    bare: bareOnes.length,
    barestPx: Math.round(Math.max(0, ...bareOnes)),
  }
}

/** MB of JavaScript's heap after a collection, and nodes in the page. */
export async function weigh(page: Page): Promise<{ heapMB: number; nodes: number }> {
  const session = await page.context().newCDPSession(page)
  await session.send('HeapProfiler.collectGarbage')
  await session.send('Performance.enable')
  const { JSHeapUsedSize = 0, Nodes = 0 } = await metrics(session)
  await session.detach()
  return { heapMB: Math.round(JSHeapUsedSize / 100_000) / 10, nodes: Nodes }
}

/** For how long the page's main thread is busy while something goes on, and with what. */
export async function workDuring(page: Page, work: () => Promise<void>): Promise<string> {
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable')
  const before = await metrics(session)
  await work()
  const after = await metrics(session)
  await session.detach()
  const ms = (name: string) => Math.round(((after[name] ?? 0) - (before[name] ?? 0)) * 1000)
  return `busy for ${ms('TaskDuration')} ms: scripts ${ms('ScriptDuration')}, layout ${ms('LayoutDuration') + ms('RecalcStyleDuration')}`
}

async function metrics(session: CDPSession): Promise<Record<string, number>> {
  const answer = await session.send('Performance.getMetrics')
  return Object.fromEntries(answer.metrics.map(({ name, value }) => [name, value]))
}

/** Lets the page's processor be so many times slower. */
export async function slowProcessor(page: Page, times: number): Promise<void> {
  const session = await page.context().newCDPSession(page)
  await session.send('Emulation.setCPUThrottlingRate', { rate: times })
}
