import assert from 'node:assert/strict'
import { test } from 'node:test'
import { refusalTables } from '../../../tools/generate/references.ts'
import { projectFiles, readProjectFile } from './repository.ts'

test('every refusal that is listed is one that the code can give', async () => {
  const code = projectFiles(/^server\/src\/.*\.ts$/)
    .filter((name) => !/\.test\.ts$|\/refusals\.ts$/.test(name))
    .map(readProjectFile)
    .join('\n')
  const codes = [...(await refusalTables()).values()].flatMap((table) => Object.keys(table))
  assert(codes.length > 100, `only ${codes.length} refusals were found`)
  assert.deepEqual(
    codes.filter((name) => !code.includes(name)),
    [],
  )
})
