import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lastMonths } from './last-months.ts'

test('months go back over the turn of a year', () => {
  assert.deepEqual(lastMonths(new Date(2026, 1, 28, 12).getTime(), 4), [
    '2025-11',
    '2025-12',
    '2026-01',
    '2026-02',
  ])
  assert.deepEqual(lastMonths(new Date(2026, 0, 31, 12).getTime(), 2), ['2025-12', '2026-01'])
})
