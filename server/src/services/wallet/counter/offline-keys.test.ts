import assert from 'node:assert/strict'
import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { createTestClock } from '../../../platform/testing/clock.ts'
import type { RedeemRequest } from '../api.ts'
import { walletFixture } from '../testing.ts'
import { bytesToSign, encodeSignedCode } from './code-payload.ts'

const ann = '@ann:dure.test'
const currency = 'KRW'

function phone() {
  const { privateKey, publicKey: key } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const publicKey = key.export({ type: 'spki', format: 'der' })
  const id = createHash('sha256').update(publicKey).digest('hex').slice(0, 32)
  let number = 0
  return {
    key: { id, publicKey, currency },
    code(atMs: number, of = id) {
      const signed = bytesToSign(of, Math.floor(atMs / 1000), number++)
      return encodeSignedCode(signed, sign('sha256', signed, { key: privateKey, dsaEncoding: 'ieee-p1363' }))
    },
  }
}

async function fixture(t: TestContext) {
  const clock = createTestClock()
  const all = await walletFixture(t, { clock })
  const account = await all.person(ann, 900_000n)
  for (const shop of ['shop', 'kiosk']) await all.shop(shop)
  const own = phone()
  await all.wallet.offlineKeys.renew(ann, own.key)
  let ids = 0
  const at = (payee: string, code: string, amount = 3_000n): RedeemRequest => {
    return { client: 'till', id: `${ids++}`, code, payee, currency, amount, memo: { title: payee } }
  }
  const show = () => own.code(clock.now())
  return { ...all, clock, account, own, at, show }
}

test('a code that a phone has signed pays once, at whichever site, without the phone', async (t) => {
  const { wallet, other, at, show, balance, account } = await fixture(t)
  const code = show()
  const requests = [at('shop', code), at('kiosk', code)] as const
  const tries = await Promise.allSettled([
    wallet.redeem(requests[0]),
    other.redeem(requests[1]),
    other.redeem(requests[0]),
    wallet.redeem(requests[1]),
  ])
  const paid = tries.flatMap((tried) => (tried.status === 'fulfilled' ? [tried.value] : []))
  assert.equal(paid.length, 2, 'both requests of the one till, and none of the other')
  assert.equal(paid[0]?.userId, ann)
  for (const tried of tries)
    if (tried.status === 'rejected') assert.equal(tried.reason.code, 'wallet.code_used')
  assert.equal(await balance(account), 897_000n)
})

test('what codes pay is bounded one by one and together until the phone is connected again', async (t) => {
  const { wallet, other, at, show, own, clock } = await fixture(t)
  await assert.rejects(wallet.redeem(at('shop', show(), 50_001n)), { code: 'wallet.limit_exceeded' })
  const nodes = [wallet, other]
  const tries = await Promise.allSettled(
    Array.from({ length: 8 }, (_, nth) => nodes[nth % 2]?.redeem(at('shop', show(), 40_000n))),
  )
  assert.equal(tries.filter(({ status }) => status === 'fulfilled').length, 3)
  await assert.rejects(wallet.redeem(at('shop', show(), 40_000n)), {
    code: 'wallet.limit_exceeded',
    extra: { limit: 'offline', allowed: '30000' },
  })
  await wallet.redeem(at('shop', show(), 30_000n))
  await other.offlineKeys.renew(ann, own.key)
  await wallet.redeem(at('shop', show(), 40_000n))
  clock.jump(72 * 3_600_000)
  await assert.rejects(wallet.redeem(at('shop', show(), 1n)), { code: 'wallet.code_expired' })
})

test('a code is as old as its phone says, which may be wrong by three minutes', async (t) => {
  const { wallet, at, own, clock } = await fixture(t)
  const redeem = (shiftMs: number) => wallet.redeem(at('shop', own.code(clock.now() + shiftMs)))
  await redeem(-179_000)
  await redeem(179_000)
  for (const shiftMs of [-182_000, 182_000])
    await assert.rejects(redeem(shiftMs), { code: 'wallet.code_expired' })
})

test('a till that saw no answer repeats its request for ever, also when key and code are over', async (t) => {
  const { wallet, other, at, show, own, clock } = await fixture(t)
  const request = at('shop', show())
  const paid = await wallet.redeem(request)
  clock.jump(3_600_000)
  await wallet.offlineKeys.end(ann, own.key.id)
  assert.deepEqual(await other.redeem(request), paid)
  await assert.rejects(other.redeem({ ...request, amount: 3_001n }), { code: 'wallet.id_reused' })
  await assert.rejects(wallet.redeem(at('shop', show())), { code: 'wallet.code_unknown' })
})

test('a code is none whichever byte was altered, or when another key has signed it', async (t) => {
  const { wallet, at, show, own, clock, balance, account } = await fixture(t)
  const bytes = Buffer.from(show(), 'base64')
  for (const index of bytes.keys()) {
    const copy = Buffer.from(bytes)
    copy[index] = (copy[index] ?? 0) ^ 1
    await assert.rejects(
      wallet.redeem(at('shop', copy.toString('base64'))),
      { code: 'wallet.code_unknown' },
      `${index}`,
    )
  }
  const thief = phone()
  await assert.rejects(wallet.redeem(at('shop', thief.code(clock.now()))), { code: 'wallet.code_unknown' })
  await assert.rejects(wallet.redeem(at('shop', thief.code(clock.now(), own.key.id))), {
    code: 'wallet.code_unknown',
  })
  assert.equal(await balance(account), 900_000n)
})

test('a frozen wallet, a used-up one and the limits of the day stop such codes too', async (t) => {
  const { wallet, at, show } = await fixture(t)
  await wallet.freeze(ann, currency, true)
  await assert.rejects(wallet.redeem(at('shop', show())), { code: 'wallet.frozen' })
  await wallet.freeze(ann, currency, false)
  await wallet.limit(ann, currency, { transaction: null, day: 5_000n })
  await wallet.redeem(at('shop', show()))
  await assert.rejects(wallet.redeem(at('shop', show())), { code: 'wallet.limit_exceeded' })
})

test('keys are P-256, named by their own digest, one of at most five, and one person has them', async (t) => {
  const { wallet, own } = await fixture(t)
  const { publicKey: rsa } = generateKeyPairSync('ed25519')
  const other = rsa.export({ type: 'spki', format: 'der' })
  const id = createHash('sha256').update(other).digest('hex').slice(0, 32)
  const malformed = { code: 'wallet.offline_key_malformed' }
  await assert.rejects(wallet.offlineKeys.renew(ann, { id, publicKey: other, currency }), malformed)
  await assert.rejects(wallet.offlineKeys.renew(ann, { ...own.key, id }), malformed)
  await assert.rejects(
    wallet.offlineKeys.renew(ann, { ...own.key, publicKey: Buffer.from('key') }),
    malformed,
  )
  await assert.rejects(wallet.offlineKeys.renew('@bo:dure.test', own.key), {
    code: 'wallet.offline_keys_too_many',
  })
  await assert.rejects(wallet.offlineKeys.renew(ann, { ...phone().key, currency: 'USD' }), {
    code: 'wallet.currency_unsupported',
  })
  for (let count = 0; count < 4; count++) await wallet.offlineKeys.renew(ann, phone().key)
  await assert.rejects(wallet.offlineKeys.renew(ann, phone().key), { code: 'wallet.offline_keys_too_many' })
  await wallet.offlineKeys.end(ann, own.key.id)
  await wallet.offlineKeys.renew(ann, phone().key)
})
