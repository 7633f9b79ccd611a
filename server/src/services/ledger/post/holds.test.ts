import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createTestClock } from '../../../platform/testing/clock.ts'
import { holdStep, ledgerFixture, request, transferStep } from '../testing.ts'

test('a hold keeps money back from its payer until it is captured or released', async (t) => {
  const { ledger, account, post, balance } = await ledgerFixture(t)
  await account('alice', 100n)
  await account('shop')
  await post(holdStep('h', 'alice', 'shop', 60n))
  await assert.rejects(post(transferStep('alice', 'shop', 41n)), { code: 'ledger.funds_insufficient' })
  await assert.rejects(post(holdStep('h', 'alice', 'shop', 1n)), { code: 'ledger.hold_exists' })
  await assert.rejects(post({ kind: 'capture', hold: 'h', amount: 61n }), { code: 'ledger.hold_exceeded' })
  await assert.rejects(post({ kind: 'capture', hold: 'h', amount: 0n }), { code: 'ledger.amount_invalid' })
  await post(transferStep('alice', 'shop', 40n))
  await post({ kind: 'capture', hold: 'h', amount: 50n })
  assert.deepEqual([await balance('alice'), await balance('shop')], [10n, 90n])
  assert.deepEqual(
    (await ledger.openHolds('alice')).map(({ id, open }) => [id, open]),
    [['h', 10n]],
  )
  await post({ kind: 'release', hold: 'h' })
  await assert.rejects(post({ kind: 'release', hold: 'h' }), { code: 'ledger.hold_exceeded' })
  assert.partialDeepStrictEqual(await ledger.hold('test', 'h'), { captured: 50n, released: 10n, open: 0n })
  assert.equal((await ledger.account('alice')).held, 0n)
  assert.deepEqual((await ledger.verify()).findings, [])
})

test('of a hundred parts at two nodes at once no more is given back than was held', async (t) => {
  const { ledger, other, account, post } = await ledgerFixture(t)
  await account('alice', 100n)
  await account('shop')
  await post(holdStep('h', 'alice', 'shop', 70n))
  const parts = await Promise.allSettled(
    Array.from({ length: 100 }, (_, index) =>
      (index % 2 === 0 ? ledger : other).post(
        request(`part ${index}`, { kind: index % 3 === 0 ? 'capture' : 'release', hold: 'h', amount: 1n }),
      ),
    ),
  )
  assert.equal(parts.filter(({ status }) => status === 'fulfilled').length, 70)
  const { captured, released, open } = await ledger.hold('test', 'h')
  assert.equal(captured + released, 70n)
  assert.equal(open, 0n)
  assert.deepEqual((await ledger.verify()).findings, [])
})

test('a hold whose time is over is released once, by whichever node comes first, and cannot be captured', async (t) => {
  const clock = createTestClock(1_000_000)
  const { ledger, other, account, post, balance } = await ledgerFixture(t, { clock })
  await account('alice', 100n)
  await account('shop')
  await assert.rejects(post(holdStep('late', 'alice', 'shop', 1n, 1_000_000)), {
    code: 'ledger.hold_expired',
  })
  await post(holdStep('h', 'alice', 'shop', 60n, 1_005_000))
  await post({ kind: 'capture', hold: 'h', amount: 20n })
  assert.equal(await ledger.expireHolds(), 0)
  clock.jump(5_000)
  const [, , capture] = await Promise.allSettled([
    ledger.expireHolds(),
    other.expireHolds(),
    other.post(request('too late', { kind: 'capture', hold: 'h', amount: 1n })),
  ])
  assert.equal(capture.status, 'rejected')
  assert.partialDeepStrictEqual(await ledger.hold('test', 'h'), { captured: 20n, released: 40n, open: 0n })
  assert.deepEqual([await balance('alice'), (await ledger.account('alice')).held], [80n, 0n])
  assert.deepEqual((await ledger.verify()).findings, [])
})
