import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createTestClock } from '../../../platform/testing/clock.ts'
import { createTimerWheel } from './timer-wheel.ts'

test('a limit fires once, not early, and at most a tick late', async () => {
  const clock = createTestClock(1_000_030)
  const wheel = createTimerWheel({ clock }, 100)
  const fired: number[] = []
  for (const delayMs of [0, 1, 70, 71, 250, 30_000])
    wheel.after(delayMs, () => fired.push(delayMs, clock.now() - 1_000_030))
  await clock.advance(40_000)
  for (let i = 0; i < fired.length; i += 2) {
    const late = (fired[i + 1] ?? Number.NaN) - (fired[i] ?? 0)
    assert.ok(late >= 0 && late <= 100, `${fired[i]} fired ${late} ms late`)
  }
  assert.equal(fired.length, 12)
})

test('what was taken back does not fire', async () => {
  const clock = createTestClock()
  const wheel = createTimerWheel({ clock }, 100)
  let fired = 0
  const cancel = wheel.after(500, () => fired++)
  wheel.after(500, () => fired++)
  cancel()
  cancel()
  await clock.advance(2000)
  assert.equal(fired, 1)
})

test('a limit set while others fire is kept', async () => {
  const clock = createTestClock()
  const wheel = createTimerWheel({ clock }, 100)
  let fired = 0
  wheel.after(100, () => wheel.after(100, () => fired++))
  await clock.advance(1000)
  assert.equal(fired, 1)
})

test('a pause of the whole process fires everything that fell due in it', async () => {
  const clock = createTestClock()
  let offset = 0
  const wheel = createTimerWheel({ clock: { ...clock, now: () => clock.now() + offset } }, 100)
  let fired = 0
  wheel.after(200, () => fired++)
  wheel.after(3_000_000, () => fired++)
  offset = 3_600_000
  await clock.advance(200)
  assert.equal(fired, 2)
})

test('nothing waiting arms no timer', async () => {
  const clock = createTestClock()
  let armed = 0
  const after: typeof clock.after = (delayMs, run) => {
    armed++
    return clock.after(delayMs, run)
  }
  const counting = { ...clock, after }
  const wheel = createTimerWheel({ clock: counting }, 100)
  wheel.after(50, () => undefined)
  await clock.advance(10_000)
  assert.equal(armed, 1)
})
