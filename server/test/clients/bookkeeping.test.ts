import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { decimalOf } from '../../src/platform/money/currencies.ts'
import { exportJournal, exportName, type Format } from '../../src/services/ledger/export/export-journal.ts'
import { readAllAccounts } from '../../src/services/ledger/operations/read-accounts.ts'
import { holdStep, ledgerFixture, transferStep } from '../../src/services/ledger/testing.ts'

const missing = (program: string) =>
  spawnSync(program, ['--version']).error === undefined ? false : `Debian's ${program} is not installed`

/** Books with three currencies, odd names and a partly captured hold; and each account's balance as a bookkeeper writes it. */
async function books(t: TestContext, format: Format) {
  const { db, account, post } = await ledgerFixture(t)
  await account('wallet/@alice:dure.test', 100_000n)
  await account('shop; "두레" & co', 0n)
  await account('alice dollars', 12_345n, { currency: 'USD' })
  await account('bob dollars', 0n, { currency: 'USD' })
  await account('dinars', 1n, { currency: 'KWD' })
  await post(transferStep('wallet/@alice:dure.test', 'shop; "두레" & co', 30_000n))
  await post(transferStep('alice dollars', 'bob dollars', 7n, 'USD'))
  await post(holdStep('h', 'wallet/@alice:dure.test', 'shop; "두레" & co', 500n))
  await post({ kind: 'capture', hold: 'h', amount: 123n })
  const folder = await mkdtemp(join(tmpdir(), 'dure-books-'))
  t.after(() => rm(folder, { recursive: true }))
  const file = join(folder, `books.${format}`)
  await writeFile(file, exportJournal(db, 0, format))
  const ours = (await readAllAccounts(db, 0, '', 100))
    .filter(({ balance }) => balance !== 0n)
    .map((each) => [exportName(each), `${decimalOf(-each.balance, each.currency)} ${each.currency}`])
  return { file, ours: ours.map((row) => row.join(' ')).sort() }
}

test('hledger adds our journal up to our balances', { skip: missing('hledger') }, async (t) => {
  const { file, ours } = await books(t, 'hledger')
  execFileSync('hledger', ['--file', file, 'check'])
  const csv = execFileSync('hledger', [
    '--file',
    file,
    'balance',
    '--flat',
    '--no-total',
    '--output-format=csv',
  ])
  const theirs = csv
    .toString()
    .trim()
    .split('\n')
    .slice(1)
    .map((row) => row.slice(1, -1).split('","').join(' '))
  assert.deepEqual(theirs.sort(), ours)
})

test('beancount adds our journal up to our balances', { skip: missing('bean-query') }, async (t) => {
  const { file, ours } = await books(t, 'beancount')
  execFileSync('bean-check', [file])
  const query = 'select account, sum(position) group by account'
  const found = spawnSync('bean-query', ['--format=csv', file, query])
  assert.equal(found.status, 0, found.stderr.toString())
  const theirs = found.stdout
    .toString()
    .trim()
    .split('\n')
    .slice(1)
    .map((row) =>
      row
        .trim()
        .split(/[\s,]+/)
        .join(' '),
    )
  assert.deepEqual(theirs.sort(), ours)
})
