import assert from 'node:assert/strict'
import { test } from 'node:test'
import { references } from '../../../tools/generate/references.ts'
import { testApp } from '../../src/platform/testing/app.ts'
import { readProjectFile } from './repository.ts'

test('docs/reference says what the code says; if not, run `npm run generate`', async (t) => {
  const { routes } = await testApp(t)
  for (const [name, text] of Object.entries(await references(routes)))
    assert.equal(readProjectFile(name), text, name)
})
