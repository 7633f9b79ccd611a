import assert from 'node:assert/strict'
import { test } from 'node:test'
import { projectFiles, readProjectFile } from './repository.ts'

const linesMax = 400
const testLinesMax = 600

test(`no source file has more than ${linesMax} lines, no test more than ${testLinesMax}`, () => {
  const tooLong = projectFiles(/\.(ts|tsx|mjs|css|sql)$/).flatMap((name) => {
    const lines = readProjectFile(name).split('\n').length - 1
    return lines > (name.endsWith('.test.ts') ? testLinesMax : linesMax) ? [`${name}: ${lines} lines`] : []
  })
  assert.deepEqual(tooLong, [])
})
