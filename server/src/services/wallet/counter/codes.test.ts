import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { createTestClock } from '../../../platform/testing/clock.ts'
import { createTestRandom } from '../../../platform/testing/random.ts'
import type { RedeemRequest } from '../api.ts'
import { walletFixture } from '../testing.ts'
import { decodeCode, encodeCode } from './code-payload.ts'

const ann = '@ann:dure.test'
const random = createTestRandom(20)

async function fixture(t: TestContext) {
  const clock = createTestClock()
  const all = await walletFixture(t, { clock })
  const account = await all.person(ann, 10_000n)
  for (const shop of ['shop', 'kiosk']) await all.shop(shop)
  const secret = random.bytes(16)
  const { payload } = await all.wallet.codes.show(ann, { secret, currency: 'KRW' })
  const at = (payee: string, amount = 3_000n, changes: Partial<RedeemRequest> = {}): RedeemRequest => {
    const memo = { title: payee }
    return { client: 'till', id: payee, code: payload, payee, currency: 'KRW', amount, memo, ...changes }
  }
  return { ...all, clock, account, secret, payload, at }
}

test('a code pays at one of two tills that scan it in the same second at two sites, and once', async (t) => {
  const { wallet, other, at, balance, account } = await fixture(t)
  const tries = await Promise.allSettled([
    wallet.redeem(at('shop')),
    other.redeem(at('kiosk')),
    other.redeem(at('shop')),
    wallet.redeem(at('kiosk')),
  ])
  const paid = tries.filter(({ status }) => status === 'fulfilled').length
  assert.equal(paid, 2, 'both requests of the one till, and none of the other')
  for (const tried of tries)
    if (tried.status === 'rejected') assert.equal(tried.reason.code, 'wallet.code_used')
  assert.equal(await balance(account), 7_000n)
  assert.equal((await balance('shop')) + (await balance('kiosk')), 3_000n)
})

test('a till that saw no answer sends its request again, under its name of then, but no other one', async (t) => {
  const { wallet, other, at } = await fixture(t)
  const paid = await wallet.redeem(at('shop'))
  assert.deepEqual(await other.redeem({ ...at('shop'), memo: { title: 'The new shop' } }), paid)
  await assert.rejects(other.redeem(at('shop', 3_001n)), { code: 'wallet.id_reused' })
  await assert.rejects(other.redeem({ ...at('shop'), id: 'second' }), { code: 'wallet.code_used' })
})

test('a code is good for three minutes, and shown again has what is left of them', async (t) => {
  const { wallet, at, clock, secret } = await fixture(t)
  const { expiresAtMs } = await wallet.codes.show(ann, { secret, currency: 'KRW' })
  clock.jump(179_999)
  const again = await wallet.codes.show(ann, { secret, currency: 'KRW' })
  assert.deepEqual([again.expiresAtMs, again.shownAtMs], [expiresAtMs, expiresAtMs - 180_000])
  clock.jump(1)
  await assert.rejects(wallet.redeem(at('shop')), { code: 'wallet.code_expired' })
  await assert.rejects(wallet.codes.show('@bo:dure.test', { secret, currency: 'KRW' }), {
    code: 'wallet.id_reused',
  })
  clock.jump(8 * 86_400_000)
  await wallet.codes.forgetOld()
  await assert.rejects(wallet.redeem(at('shop')), { code: 'wallet.code_unknown' })
})

test('a code that was refused for want of money is used up, and pays in its own currency only', async (t) => {
  const { wallet, at, ledger, account } = await fixture(t)
  await assert.rejects(wallet.redeem(at('shop', 3_000n, { currency: 'USD' })), {
    code: 'wallet.currency_mismatch',
  })
  await assert.rejects(wallet.redeem(at('shop', 10_001n)), { code: 'wallet.funds_insufficient' })
  await assert.rejects(wallet.redeem(at('kiosk', 100n)), { code: 'wallet.code_used' })
  assert.equal((await ledger.account(account)).balance, 10_000n)
})

test('an altered code is none, whichever byte was altered', async (t) => {
  const { wallet, at, payload, secret, balance, account } = await fixture(t)
  assert.deepEqual(decodeCode(payload), { secret })
  const bytes = Buffer.from(payload, 'base64')
  const altered = [...bytes.keys()].map((index) => {
    const copy = Buffer.from(bytes)
    copy[index] = (copy[index] ?? 0) ^ 1
    return copy.toString('base64')
  })
  const texts = [
    ...altered,
    `${payload} `,
    payload.slice(0, -1),
    payload.replace('=', ''),
    '',
    `${payload}AA`,
  ]
  for (const code of texts.filter((text) => text !== payload))
    await assert.rejects(wallet.redeem(at('shop', 1n, { code })), { code: 'wallet.code_unknown' }, code)
  await assert.rejects(wallet.redeem(at('shop', 1n, { code: encodeCode(random.bytes(16)) })), {
    code: 'wallet.code_unknown',
  })
  assert.equal(await balance(account), 10_000n)
})
