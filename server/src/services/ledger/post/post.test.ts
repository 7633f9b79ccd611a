import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createTestClock } from '../../../platform/testing/clock.ts'
import type { Step } from '../api.ts'
import { holdStep, ledgerFixture, openStep, request, transferStep } from '../testing.ts'

const limit = 2n ** 62n

test('a transfer takes from one account what it gives to another', async (t) => {
  const { ledger, account, balance } = await ledgerFixture(t)
  const [payer, payee] = [await account('alice', 1000n), await account('bob')]
  const posted = await ledger.post(
    request('rent', { ...transferStep(payer, payee, 300n), reference: 'may', metadata: { room: 4 } } as Step),
  )
  assert.deepEqual([await balance(payer), await balance(payee)], [700n, 300n])
  const [entry] = posted.entries
  assert(entry)
  assert.partialDeepStrictEqual(entry, { kind: 'transfer', payer, payee, currency: 'KRW', amount: 300n })
  assert.deepEqual(await ledger.find('test', 'rent'), posted)
  assert.deepEqual(await ledger.findByReference('test', 'may'), [entry])
  assert.deepEqual(await ledger.findByReference('somebody else', 'may'), [])
  assert.equal(await ledger.find('somebody else', 'rent'), undefined)
  assert.deepEqual((await ledger.verify()).findings, [])
})

test('one request sent many times at once at two nodes is carried out once, with one answer', async (t) => {
  const { ledger, other, account, balance } = await ledgerFixture(t)
  const [payer, payee] = [await account('alice', 1000n), await account('bob')]
  const rent = request('rent', transferStep(payer, payee, 300n))
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? ledger : other).post(rent)),
  )
  for (const answer of answers) assert.deepEqual(answer, answers[0])
  assert.deepEqual(await other.post(rent), answers[0])
  assert.deepEqual([await balance(payer), await balance(payee)], [700n, 300n])
})

test('an id used again with another body is refused with both named, at two nodes at once too', async (t) => {
  const { ledger, other, account, balance } = await ledgerFixture(t)
  const people = [await account('alice', 1000n), await account('bob', 1000n), await account('carol')]
  const [alice = '', bob = '', carol = ''] = people
  await ledger.post(request('rent', transferStep(alice, bob, 300n)))
  await assert.rejects(other.post(request('rent', transferStep(alice, bob, 301n))), {
    code: 'ledger.id_reused',
    message:
      'The id rent was used for: transfer 300 KRW from alice to bob; not for: transfer 301 KRW from alice to bob.',
  })
  await assert.rejects(
    ledger.post(request('rent', { ...transferStep(alice, bob, 300n), reference: 'x' } as Step)),
    { code: 'ledger.id_reused', message: /with other details/ },
  )
  // Different accounts, so that no account's lock puts the two in a row.
  const race = await Promise.allSettled([
    ledger.post(request('race', transferStep(alice, carol, 1n))),
    other.post(request('race', transferStep(bob, 'mint KRW', 1n))),
  ])
  assert.deepEqual(race.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
  const lost = race.find((result) => result.status === 'rejected')
  assert.equal(lost?.reason.code, 'ledger.id_reused')
  assert.equal((await balance(alice)) + (await balance(bob)), 1999n)
})

test("another scope's ids are its own: the same id there is another request, and tells nothing", async (t) => {
  const { ledger, account, balance } = await ledgerFixture(t)
  const [payer, payee] = [await account('alice', 1000n), await account('bob')]
  await ledger.post(request('rent', transferStep(payer, payee, 300n)))
  await ledger.post({ ...request('rent', transferStep(payer, payee, 1n)), scope: 'other' })
  assert.equal(await balance(payee), 301n)
  await ledger.post(request('hold', holdStep('h', payer, payee, 100n)))
  const theft = { ...request('theft', { kind: 'capture', hold: 'h' } as Step), scope: 'other' }
  await assert.rejects(ledger.post(theft), { code: 'ledger.hold_unknown' })
  await assert.rejects(ledger.hold('other', 'h'), { code: 'ledger.hold_unknown' })
})

test('amounts that are none, too large, fractional, or of another currency are refused', async (t) => {
  const { ledger, account, balance } = await ledgerFixture(t)
  const [payer, payee] = [await account('alice', 1000n), await account('bob')]
  await account('dollars', 100n, { currency: 'USD' })
  const cases: [Step, string][] = [
    [transferStep(payer, payee, 0n), 'ledger.amount_invalid'],
    [transferStep(payer, payee, -1n), 'ledger.amount_invalid'],
    [transferStep(payer, payee, 1.5 as unknown as bigint), 'ledger.amount_invalid'],
    [transferStep(payer, payee, 100 as unknown as bigint), 'ledger.amount_invalid'],
    [transferStep(payer, payee, '1e3' as unknown as bigint), 'ledger.amount_invalid'],
    [transferStep(payer, payee, limit), 'ledger.amount_too_large'],
    [transferStep(payer, payee, 2n ** 64n + 1n), 'ledger.amount_too_large'],
    [transferStep(payer, payee, 1n, 'USD'), 'ledger.currency_mismatch'],
    [transferStep(payer, 'dollars', 1n), 'ledger.currency_mismatch'],
    [transferStep(payer, payee, 1n, 'BTC'), 'ledger.currency_unknown'],
    [transferStep(payer, payer, 1n), 'ledger.account_repeated'],
    [transferStep(payer, 'nobody', 1n), 'ledger.account_unknown'],
    [transferStep(payer, 'zero\0', 1n), 'ledger.request_malformed'],
    [{ kind: 'theft' } as unknown as Step, 'ledger.request_malformed'],
    [{ ...transferStep(payer, payee, 1n), metadata: { text: '\0' } } as Step, 'ledger.request_malformed'],
    [
      { ...transferStep(payer, payee, 1n), metadata: { size: 'x'.repeat(5000) } } as Step,
      'ledger.request_malformed',
    ],
    [{ ...transferStep(payer, payee, 1n), metadata: { half: 0.5 } } as Step, 'ledger.request_malformed'],
  ]
  for (const [index, [step, code]] of cases.entries())
    await assert.rejects(ledger.post(request(`bad ${index}`, step)), { code }, `case ${index}`)
  await assert.rejects(ledger.post(request('none')), { code: 'ledger.request_malformed' })
  await assert.rejects(ledger.post(request('ledger:x', transferStep(payer, payee, 1n))), {
    code: 'ledger.request_malformed',
  })
  assert.deepEqual([await balance(payer), await balance(payee)], [1000n, 0n])
})

test('balances stay below 2^62 and count exactly far beyond 2^53', async (t) => {
  const { ledger, account, balance } = await ledgerFixture(t)
  const most = limit - 1n
  const rich = await account('rich', most)
  assert.equal(await balance(rich), most)
  await account('bob')
  await assert.rejects(ledger.post(request('mint', transferStep('mint KRW', 'bob', 1n))), {
    code: 'ledger.amount_too_large',
  })
  await ledger.post(request('small', transferStep(rich, 'bob', 1n)))
  assert.deepEqual([await balance(rich), await balance('bob')], [most - 1n, 1n])
  assert.deepEqual((await ledger.verify()).findings, [])
})

test('a request that is refused leaves nothing, harms nobody in its batch, and may be sent again', async (t) => {
  const { ledger, account, balance } = await ledgerFixture(t)
  const [payer, payee] = [await account('alice', 1000n), await account('bob')]
  const answers = await Promise.allSettled(
    [400n, 700n, 500n, 100n, 1n].map((amount, index) =>
      ledger.post(request(`part ${index}`, transferStep(payer, payee, amount))),
    ),
  )
  assert.deepEqual(
    answers.map((answer) => (answer.status === 'rejected' ? answer.reason.code : 'posted')),
    ['posted', 'ledger.funds_insufficient', 'posted', 'posted', 'ledger.funds_insufficient'],
  )
  assert.equal(await balance(payer), 0n)
  await ledger.post(request('refill', transferStep('mint KRW', payer, 700n)))
  await ledger.post(request('part 1', transferStep(payer, payee, 700n)))
  assert.equal(await balance(payee), 1700n)
})

test('linked steps are carried out all or not at all: an exchange through an account of each currency', async (t) => {
  const { ledger, account, balance } = await ledgerFixture(t)
  await account('alice won', 14_000n)
  await account('alice dollars', 0n, { currency: 'USD' })
  await account('fx won', 0n, { floor: null })
  await account('fx dollars', 500n, { currency: 'USD' })
  const exchange = (id: string, won: bigint, cents: bigint) =>
    ledger.post(
      request(
        id,
        transferStep('alice won', 'fx won', won),
        transferStep('fx dollars', 'alice dollars', cents, 'USD'),
      ),
    )
  const posted = await exchange('first', 7_000n, 500n)
  assert.equal(posted.entries.length, 2)
  await assert.rejects(exchange('second', 7_000n, 500n), { code: 'ledger.funds_insufficient' })
  assert.deepEqual(
    [await balance('alice won'), await balance('fx won'), await balance('alice dollars')],
    [7_000n, 7_000n, 500n],
  )
  assert.deepEqual((await ledger.verify()).findings, [])
})

test('later steps build on earlier ones: open, pay, hold and capture in one request', async (t) => {
  const { ledger, account, balance } = await ledgerFixture(t)
  await account('alice', 100n)
  await ledger.post(
    request(
      'all at once',
      openStep('shop'),
      holdStep('h', 'alice', 'shop', 60n),
      { kind: 'capture', hold: 'h', amount: 50n },
      { kind: 'release', hold: 'h' },
      transferStep('shop', 'alice', 5n),
    ),
  )
  assert.deepEqual([await balance('alice'), await balance('shop')], [55n, 45n])
  assert.deepEqual((await ledger.verify()).findings, [])
})

test('accounts are opened once, whoever asks at once; frozen and closed ones refuse what they must', async (t) => {
  const { ledger, other, account, post } = await ledgerFixture(t)
  const opened = await Promise.allSettled([
    ledger.post(request('a', openStep('shop'))),
    other.post(request('b', openStep('shop'))),
    other.post(request('a', openStep('shop'))),
  ])
  const codes = opened.map((answer) => (answer.status === 'rejected' ? answer.reason.code : 'posted')).sort()
  assert(codes.includes('ledger.account_exists') && codes.includes('posted'), codes.join())
  await account('alice', 100n)
  await post(holdStep('h', 'alice', 'shop', 10n))
  await post({ kind: 'freeze', account: 'alice', frozen: 'outgoing' })
  const pay = transferStep('alice', 'shop', 1n)
  await assert.rejects(post(pay), { code: 'ledger.account_frozen' })
  await assert.rejects(post(holdStep('h2', 'alice', 'shop', 1n)), { code: 'ledger.account_frozen' })
  await assert.rejects(ledger.post(request('c', { kind: 'close', account: 'alice' })), {
    code: 'ledger.account_in_use',
  })
  await post(transferStep('mint KRW', 'alice', 1n))
  await post({ kind: 'freeze', account: 'alice', frozen: 'all' })
  await assert.rejects(post(transferStep('mint KRW', 'alice', 1n)), { code: 'ledger.account_frozen' })
  await post({ kind: 'freeze', account: 'alice', frozen: 'no' })
  await assert.rejects(post({ kind: 'floor', account: 'alice', floor: 92n }), {
    code: 'ledger.floor_too_high',
  })
  await post({ kind: 'floor', account: 'alice', floor: 91n })
  await assert.rejects(post(pay), { code: 'ledger.funds_insufficient' })
  await post({ kind: 'close', account: 'shop' })
  // The hold still names the closed shop: it can be given back, and never be captured.
  await assert.rejects(post({ kind: 'capture', hold: 'h' }), { code: 'ledger.account_closed' })
  await post({ kind: 'release', hold: 'h' })
  await assert.rejects(post(openStep('shop')), { code: 'ledger.account_exists' })
  await assert.rejects(post(openStep('x', { floor: 1n })), { code: 'ledger.floor_too_high' })
  assert.equal((await ledger.account('shop')).closed, true)
  assert.deepEqual((await ledger.verify()).findings, [])
})

test('time never goes back in an account, though the clocks of the nodes differ', async (t) => {
  const clock = createTestClock(1_000_000)
  const { ledger, account } = await ledgerFixture(t, { clock })
  await account('alice', 100n)
  await account('bob')
  clock.jump(5_000)
  await ledger.post(request('late', transferStep('alice', 'bob', 1n)))
  clock.jump(-10_000)
  const { entries } = await ledger.post(request('early', transferStep('alice', 'bob', 1n)))
  assert.equal(entries[0]?.atMs, 1_005_000)
})
