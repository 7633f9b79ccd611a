import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { ledgerFixture, transferStep } from '../services/ledger/testing.ts'

const main = fileURLToPath(new URL('../main.ts', import.meta.url))

function run(databaseUrl: string, ...words: string[]) {
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const env = { PATH: process.env['PATH'], DURE_DATABASE_URL: databaseUrl }
    execFile(process.execPath, [main, 'ledger', ...words], { env }, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    )
  })
}

test('an operator looks at accounts and their lines, and has the books checked', async (t) => {
  const { url, account, post } = await ledgerFixture(t)
  await account('alice', 1234n, { currency: 'USD' })
  await account('bob', 0n, { currency: 'USD' })
  await post(transferStep('alice', 'bob', 200n, 'USD'))
  assert.match(
    (await run(url, 'accounts', 'owner of alice')).stdout,
    /^alice\tliability\tUSD\t10\.34\t0\.00 held/,
  )
  assert.match((await run(url, 'statement', 'alice')).stdout, /\t-2\.00\t10\.34 USD\ttransfer\tbob\t/)
  const unknown = await run(url, 'statement', 'nobody')
  assert.deepEqual([unknown.code, unknown.stderr], [1, 'There is no such account.\n'])
  const verified = await run(url, 'verify')
  assert.equal(verified.code, 0, verified.stderr)
  assert.match(verified.stdout, /^the books are right: 3 accounts, 0 holds, 5 entries/)
  assert.match((await run(url, 'export', '--format', 'hledger')).stdout, /^decimal-mark \.\naccount /)
})

test('a finding stops the books until an operator has settled it, with a reason', async (t) => {
  const { url, db, ledger, account, post } = await ledgerFixture(t)
  await account('alice', 100n)
  await account('bob')
  await ledger.check()
  await db.transaction((tx) => tx.script(`update ledger.account set balance = 99 where id = 'alice'`))
  await ledger.check()
  await assert.rejects(post(transferStep('alice', 'bob', 1n)), { code: 'ledger.stopped' })
  const stopped = await run(url, 'status')
  assert.equal(stopped.code, 1)
  assert.match(stopped.stdout, /open\t.*account alice has 99, its last posting says 100/)
  await db.transaction((tx) => tx.script(`update ledger.account set balance = 100 where id = 'alice'`))
  const numbers = stopped.stdout.match(/^\d+(?=\topen)/gm) ?? []
  assert(numbers.length > 0)
  for (const number of numbers)
    await run(url, 'settle', number, '--repaired', '--because', 'put back by hand')
  assert.equal((await run(url, 'status')).code, 0)
  assert.equal((await run(url, 'settle', '1', '--repaired', '--because', 'again')).code, 1)
  await post(transferStep('alice', 'bob', 1n))
  assert.deepEqual(await ledger.check(), [])
})

test('a command that is not understood says how it is used', async (t) => {
  const { url } = await ledgerFixture(t)
  for (const words of [
    ['burn'],
    ['statement'],
    ['settle', '1', '--repaired', '--accepted', '--because', 'x'],
    ['export', '--format', 'excel'],
  ]) {
    const { code, stderr } = await run(url, ...words)
    assert.equal(code, 2, words.join(' '))
    assert.match(stderr, /^usage: ledger status/)
  }
})
