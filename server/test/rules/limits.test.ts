import assert from 'node:assert/strict'
import { test } from 'node:test'
import { constants } from '../limits/constants.ts'
import { allLimits } from '../limits/limits.ts'

const keysOf = (rows: readonly { file: string; name: string }[]) =>
  rows.map(({ file, name }) => `${file} ${name}`).sort()

test('every limit of the code stands in the table of limits, and every one of the table in the code', () => {
  assert.deepEqual(keysOf(constants()), keysOf(allLimits))
})
