import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { testApp } from '../../../platform/testing/app.ts'
import { createTestClock } from '../../../platform/testing/clock.ts'
import { registerPerson } from '../../identity/testing.ts'

const api = '/api/wallet/v1'

async function fixture(t: TestContext) {
  // 15 November 2023, in Seoul.
  const clock = createTestClock()
  const { http, services } = await testApp(t, { clock })
  const { wallet, ledger } = services
  const ann = await registerPerson(http, 'ann')
  let orders = 0

  return {
    clock,
    wallet,
    ann,
    http,
    /** Money from the bank, as people bring it in. */
    async topUp(amount: string) {
      orders += 1
      const body = { direction: 'in', amount, bank_account: '088-110-432177' }
      const placed = await ann.call('PUT', `${api}/bank-orders/top-up-${orders}`, body)
      assert.equal(placed.status, 200, JSON.stringify(placed.body))
      await wallet.bank.takeReport({ reference: placed.body.reference, outcome: 'settled' })
    },
    async pay(id: string, amount: bigint, title: string, note: string) {
      const steps = [
        {
          kind: 'open',
          account: 'shop',
          accountKind: 'liability',
          currency: 'KRW',
          owner: 'shop',
          floor: 0n,
        },
      ] as const
      await ledger.post({ scope: 'test', id: 'open shop', steps })
      const memo = { title, note }
      const payee = { payee: 'shop', currency: 'KRW' }
      await wallet.pay({ client: 'test', id, userId: ann.userId, ...payee, amount, memo })
    },
  }
}

test('a person sees what is in the wallet, what is set aside, and the limits', async (t) => {
  const { ann, topUp, wallet } = await fixture(t)
  await topUp('50000')
  const order = { direction: 'out', amount: '20000', bank_account: '088-110-432177' }
  assert.equal((await ann.call('PUT', `${api}/bank-orders/out-1`, order)).status, 200)
  const { body } = await ann.call('GET', `${api}/wallets`)
  assert.deepEqual(body.wallets, [
    {
      currency: 'KRW',
      balance: '50000',
      available: '30000',
      held: '20000',
      frozen: false,
      debt: '0',
      limits: { transaction: '2000000', day: '5000000', balance: '10000000' },
      own_limits: { transaction: null, day: null },
      spent_today: '20000',
    },
  ])
  assert.deepEqual((await ann.call('GET', `${api}/wallets/KRW`)).body, body.wallets[0])
  assert.equal((await ann.call('GET', `${api}/wallets/JPY`)).body.code, 'wallet.currency_unsupported')
  assert.deepEqual(wallet.currencies, ['KRW'])
})

test('what is no amount is refused before anything else is looked at', async (t) => {
  const { ann } = await fixture(t)
  const wrong = ['0', '-1', '1.5', '1e3', '', ' 1', '01', '+1', '１', '9'.repeat(19), 1000, 1.5, null, ['1']]
  for (const amount of wrong) {
    const body = { direction: 'in', amount, bank_account: '088-110-432177' }
    const answer = await ann.call('PUT', `${api}/bank-orders/1`, body)
    assert.equal(answer.status, 400, JSON.stringify(amount))
  }
  const beyond = { direction: 'in', amount: '9007199254740993', bank_account: '088-110-432177' }
  const { status, body } = await ann.call('PUT', `${api}/bank-orders/1`, beyond)
  assert.deepEqual([status, body.code, body.allowed], [403, 'wallet.limit_exceeded', '10000000'])
})

test('a frozen wallet pays nothing new until it is thawed, and is paid all the same', async (t) => {
  const { ann, topUp, pay } = await fixture(t)
  await topUp('50000')
  const frozen = await ann.call('PUT', `${api}/wallets/KRW/frozen`, { frozen: true })
  assert.equal(frozen.body.frozen, true)
  await assert.rejects(pay('1', 100n, 'Shop', 'Tea'), { code: 'wallet.frozen' })
  await topUp('1000')
  await ann.call('PUT', `${api}/wallets/KRW/frozen`, { frozen: false })
  await pay('1', 100n, 'Shop', 'Tea')
  assert.equal((await ann.call('GET', `${api}/wallets/KRW`)).body.balance, '50900')
})

test('limits of a person apply where they are lower than those of the operator', async (t) => {
  const { ann, topUp, pay } = await fixture(t)
  await topUp('50000')
  const limits = { transaction: '1000', day: '1500' }
  assert.deepEqual((await ann.call('PUT', `${api}/wallets/KRW/limits`, limits)).body.own_limits, limits)
  await assert.rejects(pay('1', 1_001n, 'Shop', 'Tea'), { code: 'wallet.limit_exceeded' })
  await pay('2', 1_000n, 'Shop', 'Tea')
  await assert.rejects(pay('3', 501n, 'Shop', 'Tea'), { code: 'wallet.limit_exceeded' })
  await ann.call('PUT', `${api}/wallets/KRW/limits`, { transaction: null, day: null })
  await pay('3', 501n, 'Shop', 'Tea')
})

test('history is searched, filtered, paged and summed up by month', async (t) => {
  const { ann, topUp, pay, clock, http } = await fixture(t)
  await topUp('50000')
  await pay('1', 4_500n, 'Café Bohème', 'Two lattes')
  await pay('2', 12_000n, '분식집', '떡볶이')
  clock.jump(31 * 86_400_000)
  await pay('3', 5_000n, 'Cafe Central', 'Cake')

  const list = async (query: string) => {
    const { body } = await ann.call('GET', `${api}/wallets/KRW/history?${query}`)
    return body.activities.map(({ amount, title }: { amount: string; title: string }) => `${amount} ${title}`)
  }
  const all = ['-5000 Cafe Central', '-12000 분식집', '-4500 Café Bohème', '50000 …2177']
  assert.deepEqual(await list(''), all)
  assert.deepEqual(await list('search=cafe'), [all[0], all[2]])
  assert.deepEqual(await list(`search=${encodeURIComponent('떡볶')}`), [all[1]])
  assert.deepEqual(await list('search=cafe%20latte'), [all[2]])
  assert.deepEqual(await list('kind=top_up'), [all[3]])
  assert.deepEqual(await list('direction=out&limit=2'), all.slice(0, 2))
  assert.deepEqual(await list(`from_ts=${clock.now()}`), [all[0]])
  assert.deepEqual(await list(`to_ts=${clock.now() - 1}`), all.slice(1))

  const first = await ann.call('GET', `${api}/wallets/KRW/history?limit=3`)
  assert.equal(first.body.activities.length, 3)
  const rest = await list(`limit=3&before=${first.body.next}`)
  assert.deepEqual(rest, [all[3]])

  const [newest] = first.body.activities
  assert.equal(newest.request, 'wallet/pay/test/3')
  const receipt = await ann.call('GET', `${api}/wallets/KRW/history/${newest.position}`)
  assert.deepEqual(receipt.body, newest)
  const bo = await registerPerson(http, 'bo')
  const foreign = await bo.call('GET', `${api}/wallets/KRW/history/${newest.position}`)
  assert.equal(foreign.body.code, 'wallet.activity_unknown')

  const { body } = await ann.call('GET', `${api}/wallets/KRW/months?from=2023-01&to=2023-12`)
  assert.deepEqual(body.months, [
    {
      month: '2023-11',
      in: '50000',
      out: '16500',
      kinds: [
        { kind: 'payment', count: 2, in: '0', out: '16500' },
        { kind: 'top_up', count: 1, in: '50000', out: '0' },
      ],
    },
    {
      month: '2023-12',
      in: '0',
      out: '5000',
      kinds: [{ kind: 'payment', count: 1, in: '0', out: '5000' }],
    },
  ])
})

test('orders to the bank are listed for whoever placed them, the newest first', async (t) => {
  const { ann, topUp, http, clock } = await fixture(t)
  await topUp('1000')
  await clock.advance(1)
  await topUp('2000')
  const { body } = await ann.call('GET', `${api}/bank-orders?limit=1`)
  assert.deepEqual(
    body.orders.map(({ id, amount, state, bank_account }: Record<string, string>) => [
      id,
      amount,
      state,
      bank_account,
    ]),
    [['top-up-2', '2000', 'settled', '…2177']],
  )
  const older = await ann.call('GET', `${api}/bank-orders?before=${body.next}`)
  assert.deepEqual(
    older.body.orders.map(({ id }: { id: string }) => id),
    ['top-up-1'],
  )
  assert.equal(older.body.next, undefined)
  const bo = await registerPerson(http, 'bo')
  assert.deepEqual((await bo.call('GET', `${api}/bank-orders`)).body, { orders: [] })
  assert.equal((await bo.call('GET', `${api}/bank-orders/top-up-1`)).body.code, 'wallet.order_unknown')
})

test('money comes in by the jobs of a running node', async (t) => {
  const { ann, clock } = await fixture(t)
  const order = { direction: 'in', amount: '1000', bank_account: '088-110-432177' }
  let { body } = await ann.call('PUT', `${api}/bank-orders/1`, order)
  for (let tries = 0; body.state !== 'settled' && tries < 1_000; tries++) {
    await clock.advance(500)
    body = (await ann.call('GET', `${api}/bank-orders/1`)).body
  }
  assert.equal(body.state, 'settled')
})
