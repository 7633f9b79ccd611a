import assert from 'node:assert/strict'
import { test } from 'node:test'
import { callOutcome, formatDuration } from './call-outcome.ts'

const said = (type: string, at: number, callId = 'a') => ({ type: `m.call.${type}`, callId, at })

test('how a call went follows from what was said about it, and about no other call', () => {
  const others = [said('answer', 1, 'b'), said('hangup', 2, 'b')]
  assert.deepEqual(callOutcome('a', others, false), { kind: 'ringing' })
  assert.deepEqual(callOutcome('a', others, true), { kind: 'missed' })
  assert.deepEqual(callOutcome('a', [said('hangup', 9)], false), { kind: 'missed' })
  assert.deepEqual(callOutcome('a', [said('reject', 9)], false), { kind: 'declined' })
  assert.deepEqual(callOutcome('a', [said('answer', 9)], true), { kind: 'underWay' })
  assert.deepEqual(callOutcome('a', [said('answer', 1000), said('hangup', 8000)], true), {
    kind: 'ended',
    durationMs: 7000,
  })
})

test('a duration is told as clocks do', () => {
  assert.equal(formatDuration(7400), '0:07')
  assert.equal(formatDuration(754_000), '12:34')
  assert.equal(formatDuration(3_750_000), '1:02:30')
})
