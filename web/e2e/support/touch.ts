import type { Locator, Page } from 'playwright-core'

const steps = 12
/** A finger that lets go while it moves throws the page, and the browser takes the next touch as the one that stops it. */
const restMs = 300

/**
 * Holds something until its menu is there. Real touches, from which the browser itself makes its gestures; Playwright's own
 * `tap` knows neither holding nor moving.
 */
export async function longPress(target: Locator): Promise<void> {
  await withFinger(target, async (finger, at) => {
    await finger.down(at)
    await target.page().getByRole('menu').waitFor()
    await finger.up()
  })
}

/** Draws something aside by so many pixels: to the right, or with a negative number to the left. */
export async function swipe(target: Locator, byPx: number): Promise<void> {
  await withFinger(target, async (finger, { x, y }) => {
    await finger.down({ x, y })
    for (let step = 1; step <= steps; step++) await finger.move({ x: x + (byPx * step) / steps, y })
    await finger.wait(restMs)
    await finger.up()
  })
}

type Point = { x: number; y: number }
type Finger = {
  down(at: Point): Promise<void>
  move(at: Point): Promise<void>
  up(): Promise<void>
  wait(ms: number): Promise<void>
}

async function withFinger(
  target: Locator,
  act: (finger: Finger, middle: Point) => Promise<void>,
): Promise<void> {
  const page: Page = target.page()
  await target.scrollIntoViewIfNeeded()
  const box = await target.boundingBox()
  if (!box) throw new Error('there is nothing to touch')
  const session = await page.context().newCDPSession(page)
  const touch = async (type: 'touchStart' | 'touchMove' | 'touchEnd', touchPoints: Point[]) => {
    await session.send('Input.dispatchTouchEvent', { type, touchPoints })
  }
  await act(
    {
      down: (at) => touch('touchStart', [at]),
      move: (at) => touch('touchMove', [at]),
      up: () => touch('touchEnd', []),
      wait: (ms) => page.waitForTimeout(ms),
    },
    { x: box.x + box.width / 2, y: box.y + box.height / 2 },
  )
  await session.detach()
}
