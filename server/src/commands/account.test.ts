import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { testApp } from '../platform/testing/app.ts'
import { registerPerson } from '../services/identity/testing.ts'

const main = fileURLToPath(new URL('../main.ts', import.meta.url))

function run(databaseUrl: string, words: readonly string[]) {
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const env = {
      PATH: process.env['PATH'],
      DURE_DATABASE_URL: databaseUrl,
      DURE_SERVER_NAME: 'dure.test',
    }
    execFile(process.execPath, [main, 'account', ...words], { env }, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    )
  })
}

test('an operator says on the machine who administers the server', async (t) => {
  const { http, databaseUrl } = await testApp(t)
  const alice = await registerPerson(http, 'alice')
  const administers = async () => (await alice.call('GET', '/api/identity/v1/admin/accounts')).status === 200
  assert.equal(await administers(), false)
  const made = await run(databaseUrl, ['make-administrator', 'alice'])
  assert.deepEqual([made.code, made.stdout], [0, '@alice:dure.test is now an administrator\n'])
  assert.equal(await administers(), true)
  assert.equal((await run(databaseUrl, ['unmake-administrator', alice.userId])).code, 0)
  assert.equal(await administers(), false)
})

test('what cannot be done is said', async (t) => {
  const { databaseUrl } = await testApp(t)
  const unknown = await run(databaseUrl, ['make-administrator', 'nobody'])
  assert.deepEqual(
    [unknown.code, unknown.stderr],
    [1, 'there is no account @nobody:dure.test on this server\n'],
  )
  for (const words of [[], ['delete', 'alice'], ['make-administrator'], ['make-administrator', 'a', 'b']]) {
    const { code, stderr } = await run(databaseUrl, words)
    assert.equal(code, 2, words.join(' '))
    assert.match(stderr, /usage: account make-administrator/)
  }
})
