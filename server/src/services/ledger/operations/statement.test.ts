import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createTestClock } from '../../../platform/testing/clock.ts'
import { ledgerFixture, request, transferStep } from '../testing.ts'

test('a statement tells every line once, page by page, in both directions, and balances as of any time', async (t) => {
  const clock = createTestClock(1_000_000)
  const { ledger, account } = await ledgerFixture(t, { clock })
  await account('alice', 100n)
  await account('bob')
  for (let n = 1; n <= 5; n++) {
    clock.jump(1_000)
    await ledger.post(request(`part ${n}`, transferStep('alice', 'bob', BigInt(n))))
  }
  for (const order of ['oldest', 'newest'] as const) {
    const amounts: bigint[] = []
    for (let after: string | undefined; ; ) {
      const page = await ledger.statement('bob', {
        order,
        limit: 2,
        ...(after === undefined ? {} : { after }),
      })
      amounts.push(...page.lines.map(({ amount }) => amount))
      if (page.next === undefined) break
      after = page.next
    }
    assert.deepEqual(amounts, order === 'oldest' ? [1n, 2n, 3n, 4n, 5n] : [5n, 4n, 3n, 2n, 1n])
  }
  const { lines } = await ledger.statement('bob', { fromMs: 1_002_000, toMs: 1_003_000 })
  assert.deepEqual(
    lines.map(({ balance, entry }) => [balance, entry.id]),
    [
      [6n, 'part 3'],
      [3n, 'part 2'],
    ],
  )
  assert.deepEqual(
    await Promise.all(
      [999_999, 1_001_000, 1_002_999, 9_000_000].map((atMs) => ledger.balanceAt('bob', atMs)),
    ),
    [0n, 1n, 3n, 15n],
  )
  await assert.rejects(ledger.statement('bob', { limit: 501 }), { code: 'ledger.request_malformed' })
  await assert.rejects(ledger.statement('bob', { after: 'x' }), { code: 'ledger.request_malformed' })
  await assert.rejects(ledger.statement('nobody'), { code: 'ledger.account_unknown' })
  await assert.rejects(ledger.balanceAt('nobody', 1), { code: 'ledger.account_unknown' })
  assert.deepEqual(
    (await ledger.accountsOf('owner of bob')).map(({ id }) => id),
    ['bob'],
  )
})
