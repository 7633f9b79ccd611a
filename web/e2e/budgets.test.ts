import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { buildWebClient } from '../../tools/build-web.ts'

const built = resolve(import.meta.dirname, '..', 'dist')
const shellBytesMax = 200_000

test('the first load of the shell stays within its budget, and has nothing of the SDK or the crypto in it', async (t) => {
  await buildWebClient()
  const page = await readFile(join(built, 'index.html'), 'utf8')
  const assets = [...page.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map(([, name = '']) => name)
  assert.ok(assets.length > 1)
  const contents = await Promise.all(assets.map((name) => readFile(join(built, name))))
  const bytes = [Buffer.from(page), ...contents].reduce((sum, content) => sum + gzipSync(content).length, 0)
  t.diagnostic(`the shell is ${bytes} bytes, gzipped`)
  assert.ok(bytes <= shellBytesMax, `${bytes} bytes`)
  for (const content of contents) assert.doesNotMatch(content.toString(), /matrix_sdk_crypto|olm_machine/i)
})
