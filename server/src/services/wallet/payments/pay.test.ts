import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from '../../../platform/db/sql.ts'
import { createTestClock } from '../../../platform/testing/clock.ts'
import type { PayRequest } from '../api.ts'
import { walletFixture } from '../testing.ts'

const ann = '@ann:dure.test'

function payment(id: string, amount: bigint, changes: Partial<PayRequest> = {}): PayRequest {
  const memo = { title: 'The shop', reference: `order ${id}` }
  return { client: 'test', id, userId: ann, payee: 'shop', currency: 'KRW', amount, memo, ...changes }
}

test('money that was set aside is captured in parts, and what is left is given back', async (t) => {
  const { wallet, person, shop, balance, ledger } = await walletFixture(t)
  const account = await person(ann, 10_000n)
  await shop('shop')
  const placed = await wallet.authorize(payment('1', 5_000n))
  assert.deepEqual([placed.payer, placed.open], [account, 5_000n])
  const memo = { title: 'The shop' }
  const part = { client: 'test', authorization: '1', memo }
  await wallet.capture({ ...part, id: 'a', amount: 1_000n })
  const taken = await wallet.capture({ ...part, id: 'b', amount: 2_000n, release: 500n })
  assert.deepEqual([taken.amount, taken.payer, taken.payee], [2_000n, account, 'shop'])
  assert.deepEqual(await wallet.capture({ ...part, id: 'b', amount: 2_000n, release: 500n }), taken)
  await assert.rejects(wallet.capture({ ...part, id: 'c', amount: 1_501n }), {
    code: 'wallet.authorization_exceeded',
  })
  await wallet.release({ client: 'test', id: 'd', authorization: '1' })
  const { captured, released, open } = await wallet.authorization('test', '1')
  assert.deepEqual([captured, released, open], [3_000n, 2_000n, 0n])
  assert.deepEqual([await balance(account), await balance('shop')], [7_000n, 3_000n])
  assert.equal((await ledger.account(account)).held, 0n)
})

test('a payment sent many times at two nodes moves money once and counts once', async (t) => {
  const { wallet, other, person, shop, balance, db } = await walletFixture(t)
  const account = await person(ann, 10_000n)
  await shop('shop')
  const sent = Array.from({ length: 16 }, (_, index) =>
    (index % 2 ? wallet : other).pay(payment('1', 3_000n)),
  )
  const answers = await Promise.all(sent)
  for (const answer of answers) assert.deepEqual(answer, answers[0])
  assert.deepEqual([await balance(account), await balance('shop')], [7_000n, 3_000n])
  const rows = await db.rows<{ spent: number }>(sql`select spent from wallet.purse`)
  assert.deepEqual(rows, [{ spent: 3_000 }])
})

test('an authorization that has expired is not captured', async (t) => {
  const clock = createTestClock()
  const { wallet, person, shop, ledger } = await walletFixture(t, { clock })
  const account = await person(ann, 1_000n)
  await shop('shop')
  await wallet.authorize({ ...payment('1', 600n), expiresAtMs: clock.now() + 1_000 })
  await clock.advance(1_000)
  const part = { client: 'test', id: 'a', authorization: '1', amount: 600n, memo: { title: 'The shop' } }
  await assert.rejects(wallet.capture(part), { code: 'wallet.authorization_expired' })
  await ledger.expireHolds()
  assert.equal((await ledger.account(account)).held, 0n)
  await assert.rejects(wallet.capture({ ...part, authorization: '2' }), {
    code: 'wallet.authorization_unknown',
  })
})

test('many payments at two nodes together pass no limit of the day, and the next day is another one', async (t) => {
  const clock = createTestClock()
  const { wallet, other, person, shop, balance } = await walletFixture(t, { clock })
  await person(ann, 5_000_000n)
  await shop('shop')
  const sent = await Promise.allSettled(
    Array.from({ length: 12 }, (_, index) => (index % 2 ? wallet : other).pay(payment(`${index}`, 400_000n))),
  )
  assert.equal(sent.filter(({ status }) => status === 'fulfilled').length, 7)
  assert.equal(await balance('shop'), 2_800_000n)
  await assert.rejects(wallet.pay(payment('more', 200_001n)), {
    code: 'wallet.limit_exceeded',
    extra: { limit: 'day', allowed: '200000' },
  })
  await wallet.pay(payment('rest', 200_000n))
  await clock.advance(86_400_000)
  await wallet.pay(payment('tomorrow', 1_000_000n))
  await assert.rejects(wallet.pay(payment('large', 1_000_001n)), {
    code: 'wallet.limit_exceeded',
    extra: { limit: 'transaction', allowed: '1000000' },
  })
})

test('what the ledger refuses does not count for the day, and what it carried out always does', async (t) => {
  const { wallet, person, shop, db } = await walletFixture(t)
  await person(ann, 1_000n)
  await shop('shop')
  const spent = async () => {
    const [row] = await db.rows<{ spent: number }>(sql`select spent from wallet.purse where currency = 'KRW'`)
    return row?.spent
  }
  await assert.rejects(wallet.pay(payment('1', 1_001n)), { code: 'wallet.funds_insufficient' })
  assert.equal(await spent(), 0)
  await wallet.pay(payment('1', 400n))
  await assert.rejects(wallet.pay(payment('1', 400n, { payee: 'nobody' })), { code: 'wallet.id_reused' })
  await assert.rejects(wallet.pay(payment('1', 401n)), { code: 'wallet.id_reused' })
  assert.equal(await spent(), 400)
})

test('the same id of another person or client is another request, unless the ledger has it', async (t) => {
  const { wallet, person, shop } = await walletFixture(t)
  await person(ann, 1_000n)
  await person('@bo:dure.test', 1_000n)
  await shop('shop')
  await wallet.pay(payment('1', 400n))
  await wallet.pay(payment('1', 400n, { client: 'till' }))
  await assert.rejects(wallet.pay(payment('1', 400n, { userId: '@bo:dure.test' })), {
    code: 'wallet.id_reused',
  })
})

test('what is no payment is refused for what is wrong with it', async (t) => {
  const { wallet, person, shop } = await walletFixture(t)
  const account = await person(ann, 1_000n)
  await shop('shop')
  const cases: [Partial<PayRequest>, string][] = [
    [{ amount: 0n }, 'wallet.amount_invalid'],
    [{ amount: -1n }, 'wallet.amount_invalid'],
    [{ amount: 2n ** 62n }, 'wallet.amount_invalid'],
    [{ amount: 1.5 as unknown as bigint }, 'wallet.amount_invalid'],
    [{ amount: 2n ** 53n + 1n }, 'wallet.limit_exceeded'],
    [{ currency: 'JPY' }, 'wallet.currency_unsupported'],
    [{ currency: 'USD' }, 'wallet.currency_mismatch'],
    [{ payee: account }, 'wallet.self_payment'],
    [{ payee: 'nobody' }, 'wallet.payee_unable'],
    [{ client: 'Test 1' }, 'wallet.request_malformed'],
    [{ memo: { title: '' } }, 'wallet.request_malformed'],
    [{ memo: { title: 'a', note: 'b\n' } }, 'wallet.request_malformed'],
  ]
  for (const [index, [changes, code]] of cases.entries())
    await assert.rejects(wallet.pay(payment(`${index}`, 100n, changes)), { code }, JSON.stringify(index))
})

test('a refund is paid by an account of the client, which must be able to', async (t) => {
  const { wallet, person, shop, balance } = await walletFixture(t)
  const account = await person(ann)
  await shop('shop', 500n)
  const refund = {
    client: 'test',
    id: '1',
    userId: ann,
    payer: 'shop',
    currency: 'KRW',
    amount: 300n,
    memo: { title: 'The shop' },
  }
  const paid = await wallet.credit(refund)
  assert.deepEqual(await wallet.credit(refund), paid)
  assert.deepEqual([await balance(account), await balance('shop')], [300n, 200n])
  await assert.rejects(wallet.credit({ ...refund, amount: 301n }), { code: 'wallet.id_reused' })
  await assert.rejects(wallet.credit({ ...refund, id: '2' }), { code: 'wallet.payer_unable' })
  await assert.rejects(wallet.credit({ ...refund, id: '3', payer: account }), { code: 'wallet.payer_unable' })
})
