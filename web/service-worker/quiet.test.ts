import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isQuiet } from './quiet.ts'

const at = (hours: number, minutes = 0) => new Date(2026, 4, 3, hours, minutes)

test('it is quiet until the time that was chosen', () => {
  assert.equal(isQuiet({ until: at(12).getTime() }, at(11, 59)), true)
  assert.equal(isQuiet({ until: at(12).getTime() }, at(12)), false)
  assert.equal(isQuiet({}, at(3)), false)
})

test('a nightly quiet time goes over midnight, and one by day does not', () => {
  const night = { daily: { from: 22 * 60, to: 7 * 60 } }
  for (const [hours, quiet] of [
    [21, false],
    [22, true],
    [2, true],
    [7, false],
    [12, false],
  ] as const)
    assert.equal(isQuiet(night, at(hours)), quiet, `${hours} o'clock`)
  const noon = { daily: { from: 12 * 60, to: 13 * 60 } }
  assert.equal(isQuiet(noon, at(12, 30)), true)
  assert.equal(isQuiet(noon, at(23)), false)
})
