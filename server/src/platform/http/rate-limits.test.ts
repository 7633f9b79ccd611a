import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '../clock.ts'
import { Refusal } from '../refusal.ts'
import { createRateLimits } from './rate-limits.ts'

function limitsAt(time: { now: number }, enabled = true) {
  return createRateLimits(
    { clock: { ...systemClock, now: () => time.now } },
    { send: { perSecond: 2, burst: 3 } },
    enabled,
  )
}

test('a burst is allowed, then requests are refused with the time to wait', () => {
  const time = { now: 0 }
  const limits = limitsAt(time)
  for (let i = 0; i < 3; i++) limits.draw('send', '@a:x')
  assert.throws(
    () => limits.draw('send', '@a:x'),
    (error) => {
      assert(error instanceof Refusal)
      assert.equal(error.code, 'http.limit_exceeded')
      assert.deepEqual(error.extra, { retry_after_ms: 500 })
      assert.equal(error.retryAfterSeconds, 1)
      return true
    },
  )
})

test('waiting as long as asked is enough', () => {
  const time = { now: 0 }
  const limits = limitsAt(time)
  for (let i = 0; i < 3; i++) limits.draw('send', '@a:x')
  time.now = 499
  assert.throws(() => limits.draw('send', '@a:x'))
  time.now = 500
  limits.draw('send', '@a:x')
})

test('one person does not use up the budget of another', () => {
  const limits = limitsAt({ now: 0 })
  for (let i = 0; i < 3; i++) limits.draw('send', '@a:x')
  limits.draw('send', '@b:x')
})

test('switched off, nothing is limited', () => {
  const limits = limitsAt({ now: 0 }, false)
  for (let i = 0; i < 100; i++) limits.draw('send', '@a:x')
})
