import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from '../../../platform/db/sql.ts'
import { createTestClock, type TestClock } from '../../../platform/testing/clock.ts'
import { waitingJobs } from '../../../platform/testing/jobs.ts'
import type { WalletFixture } from '../testing.ts'
import { walletFixture } from '../testing.ts'
import type { RailReport } from './rail.ts'

const ann = '@ann:dure.test'

function order(id: string, direction: 'in' | 'out', amount: bigint, ending = '77') {
  return { userId: ann, id, direction, currency: 'KRW', amount, bankAccount: `088-110-4321${ending}` }
}

/** Lets time pass, and both nodes take all that the bank has reported by then, as the jobs would. */
async function pass({ wallet, other, db }: WalletFixture, clock: TestClock, ms: number): Promise<void> {
  await clock.advance(ms)
  await wallet.rail.work()
  await Promise.all([wallet.bank.fetchReports(), other.bank.fetchReports()])
  const reports = (await waitingJobs(db, 'wallet.bank_report')) as unknown as RailReport[]
  await db.run(sql`delete from platform.job where queue = 'wallet.bank_report'`)
  for (const report of reports)
    await Promise.all([wallet.bank.takeReport(report), other.bank.takeReport(report)])
}

async function fixture(t: Parameters<typeof walletFixture>[0]) {
  const clock = createTestClock()
  const all = await walletFixture(t, { clock })
  const account = await all.person(ann, 50_000n)
  const bank = async () => (await all.ledger.account('wallet-bank:KRW')).balance
  return { ...all, clock, account, bank, pass: (ms: number) => pass(all, clock, ms) }
}

test('money comes in when the bank says so, and once, though placed and reported twice', async (t) => {
  const { wallet, other, balance, account, bank, pass } = await fixture(t)
  const [placed] = await Promise.all([
    wallet.bank.place(order('1', 'in', 10_000n, '03')),
    other.bank.place(order('1', 'in', 10_000n, '03')),
  ])
  assert.equal(placed?.state, 'submitted')
  assert.equal(await balance(account), 50_000n)
  await pass(1_000)
  await pass(1_000)
  assert.equal((await wallet.bank.order(ann, '1')).state, 'settled')
  assert.deepEqual([await balance(account), await bank()], [60_000n, -10_000n])
  await assert.rejects(wallet.bank.place(order('1', 'in', 10_001n, '03')), { code: 'wallet.id_reused' })
})

test('money that goes out is set aside at once, and comes back when the bank rejects it', async (t) => {
  const { wallet, ledger, account, pass } = await fixture(t)
  await wallet.bank.place(order('1', 'out', 20_000n, '01'))
  assert.equal((await ledger.account(account)).held, 20_000n)
  await pass(1_000)
  const { state, reason } = await wallet.bank.order(ann, '1')
  assert.deepEqual([state, reason], ['rejected', 'account_unknown'])
  const { balance, held } = await ledger.account(account)
  assert.deepEqual([balance, held], [50_000n, 0n])
})

test('money that went out and is returned by the bank is in the wallet again', async (t) => {
  const { wallet, balance, account, bank, pass } = await fixture(t)
  await wallet.bank.place(order('1', 'out', 20_000n, '06'))
  await pass(1_000)
  assert.deepEqual([await balance(account), await bank()], [30_000n, 20_000n])
  await pass(60_000)
  await pass(1_000)
  assert.equal((await wallet.bank.order(ann, '1')).state, 'returned')
  assert.deepEqual([await balance(account), await bank()], [50_000n, 0n])
})

test('a return of money that was spent is owed, stops the wallet, and is taken from what comes in', async (t) => {
  const { wallet, ledger, shop, account, bank, pass, balance } = await fixture(t)
  await shop('shop')
  const spend = (id: string, amount: bigint) =>
    wallet.pay({
      client: 'test',
      id,
      userId: ann,
      payee: 'shop',
      currency: 'KRW',
      amount,
      memo: { title: 'Shop' },
    })
  await wallet.bank.place(order('1', 'in', 100_000n, '04'))
  await pass(1_000)
  await spend('1', 130_000n)
  await pass(60_000)
  assert.equal((await wallet.bank.order(ann, '1')).state, 'returned')
  assert.deepEqual([await balance(account), await bank()], [0n, 0n])
  assert.equal((await wallet.purse(ann, 'KRW')).debt, 80_000n)
  await assert.rejects(spend('2', 1n), { code: 'wallet.in_debt' })
  await wallet.bank.place(order('2', 'in', 90_000n))
  await pass(1_000)
  await wallet.bank.collectDebts()
  assert.equal((await wallet.purse(ann, 'KRW')).debt, 0n)
  assert.equal(await balance(account), 10_000n)
  await spend('3', 10_000n)
  assert.equal((await ledger.verify()).findings.length, 0)
})

test('an order that is refused stays refused, and two together pass no limit', async (t) => {
  const { wallet, other } = await fixture(t)
  await assert.rejects(wallet.bank.place(order('1', 'out', 50_001n)), { code: 'wallet.funds_insufficient' })
  await assert.rejects(other.bank.place(order('1', 'out', 50_001n)), { code: 'wallet.funds_insufficient' })
  const both = await Promise.allSettled([
    wallet.bank.place(order('2', 'in', 3_000_000n)),
    other.bank.place(order('3', 'in', 3_000_000n)),
  ])
  assert(both.filter(({ status }) => status === 'fulfilled').length < 2)
  await assert.rejects(wallet.bank.order(ann, '4'), { code: 'wallet.order_unknown' })
})

test('an order whose node died is carried out by its job', async (t) => {
  const { wallet, db, ledger, account } = await fixture(t)
  await wallet.bank.place(order('1', 'out', 20_000n))
  // As the row stood before the node had done anything about it.
  await db.run(sql`update wallet.bank_order set state = 'new'`)
  const [job] = (await waitingJobs(db, 'wallet.bank_order')) as unknown as { reference: string }[]
  assert(job)
  await wallet.bank.carryOut(job.reference)
  assert.equal((await wallet.bank.order(ann, '1')).state, 'submitted')
  assert.equal((await ledger.account(account)).held, 20_000n)
})
