import assert from 'node:assert/strict'
import { test } from 'node:test'
import { longestGap } from './longest-gap.ts'

test('the longest gap runs from the last success to the next one, while something is wanted', () => {
  const wishes = [
    { wantedAt: 10, doneAt: 11 },
    { wantedAt: 12, doneAt: 30 },
    { wantedAt: 13, doneAt: 31 },
  ]
  assert.deepEqual(longestGap(wishes, 0, 40), { from: 12, to: 30 })
})

test('silence in which nobody wants anything is no gap', () => {
  const wishes = [
    { wantedAt: 0, doneAt: 1 },
    { wantedAt: 90, doneAt: 92 },
  ]
  assert.deepEqual(longestGap(wishes, 0, 100), { from: 90, to: 92 })
})

test('what is still wanted at the end is a gap up to there', () => {
  assert.deepEqual(longestGap([{ wantedAt: 5, doneAt: 6 }, { wantedAt: 7 }], 0, 50), { from: 7, to: 50 })
})

test('a success for somebody else ends the gap of all together', () => {
  const wishes = [
    { wantedAt: 0, doneAt: 20 },
    { wantedAt: 5, doneAt: 9 },
  ]
  assert.deepEqual(longestGap(wishes, 0, 20), { from: 9, to: 20 })
})

test('a wish that was given up counts as long as it lasted', () => {
  assert.deepEqual(longestGap([{ wantedAt: 3, failedAt: 33 }], 0, 100), { from: 3, to: 33 })
})

test('what was before the beginning does not count', () => {
  assert.deepEqual(longestGap([{ wantedAt: 0, doneAt: 60 }], 50, 100), { from: 50, to: 60 })
})
