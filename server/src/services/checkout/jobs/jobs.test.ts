import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testApp } from '../../../platform/testing/app.ts'
import { createTestClock } from '../../../platform/testing/clock.ts'
import { createIntent } from '../operations/create-intent.ts'
import { checkoutFixture } from '../testing.ts'

const dayMs = 86_400_000
const testWallet = { currency: 'krw', payment_method: 'pm_test_wallet', confirm: 'true' }

test('a day is settled once, and paid out where the shop wants it', async (t) => {
  const clock = createTestClock()
  const app = await testApp(t, { clock, environment: { DURE_CHECKOUT_FEE_BASIS_POINTS: '250' } })
  const shop = await checkoutFixture(app)
  const intent = await shop.post('/v1/payment_intents', { amount: '10000', ...testWallet })
  await shop.post('/v1/refunds', { payment_intent: intent.id, amount: '2000' })
  const settings = { authorization: `Bearer ${shop.owner.token}` }
  const base = `/api/checkout/v1/merchants/${shop.id}`
  await app.http.inject({ method: 'POST', url: base, headers: settings, payload: { payouts: 'daily' } })
  clock.jump(dayMs)
  const { checkout } = app.services
  await Promise.all([checkout.settleDays(), checkout.settleDays()])
  await checkout.settleDays()

  const { settlements } = (await app.http.inject({ url: `${base}/settlements`, headers: settings })).json()
  assert.equal(settlements.length, 1)
  const { charges, refunds, fees, net, count } = settlements[0]
  assert.deepEqual(
    { charges, refunds, fees, net, count },
    { charges: 10_000, refunds: 2_000, fees: 250, net: 7_750, count: 2 },
  )
  const { data } = await shop.get('/v1/payouts')
  assert.deepEqual(
    data.map(({ amount, status }: { amount: number; status: string }) => [amount, status]),
    [[7_750, 'paid']],
  )
  assert.equal((await shop.get('/v1/balance')).available[0].amount, 0)
})

test('money that was set aside goes back when its time is over, and a session ends', async (t) => {
  const clock = createTestClock()
  const app = await testApp(t, { clock })
  const shop = await checkoutFixture(app)
  const held = await shop.post('/v1/payment_intents', {
    amount: '500',
    capture_method: 'manual',
    ...testWallet,
  })
  const session = await shop.post('/v1/checkout/sessions', {
    mode: 'payment',
    success_url: 'https://shop.example/',
    'line_items[0][quantity]': '1',
    'line_items[0][price_data][currency]': 'krw',
    'line_items[0][price_data][unit_amount]': '100',
    'line_items[0][price_data][product_data][name]': 'Tea',
  })
  clock.jump(8 * dayMs)
  await app.services.checkout.takeUpDue()
  const { status, cancellation_reason } = await shop.get(`/v1/payment_intents/${held.id}`)
  assert.deepEqual([status, cancellation_reason], ['canceled', 'automatic'])
  assert.equal((await shop.get(`/v1/checkout/sessions/${session.id}`)).status, 'expired')
  assert.equal((await shop.get(`/v1/payment_intents/${session.payment_intent}`)).status, 'canceled')
  assert.equal((await app.services.testLedger.account('test purse/test:rich/KRW')).held, 0n)
})

test('a payment that a dead node has begun is ended by another, and its request has its answer', async (t) => {
  const clock = createTestClock()
  const app = await testApp(t, { clock })
  const shop = await checkoutFixture(app)
  const { deps } = app.services.checkout
  // Everything up to the money, as a node leaves it that dies right there.
  const left = { ...deps, tills: new Proxy(deps.tills, { get: () => assert.fail('died') }) }
  const wanted = {
    amount: 700,
    currency: 'KRW',
    captureMethod: 'automatic' as const,
    customer: undefined,
    description: null,
    metadata: {},
    receiptEmail: null,
  }
  const confirmation = { paymentMethod: undefined, returnUrl: undefined, offSession: false }
  const request = { shop: shop.shop, claim: { key: 'once', digest: 'same' } }
  const again = () =>
    createIntent(deps, request, { ...wanted, confirmation, paymentMethod: 'pm_test_wallet' })
  await assert.rejects(
    createIntent(left, request, { ...wanted, confirmation, paymentMethod: 'pm_test_wallet' }),
    /died/,
  )
  await assert.rejects(again(), { code: 'checkout.idempotency_key_in_use' })
  const [waiting] = (await shop.get('/v1/payment_intents')).data
  assert.equal(waiting.status, 'processing')
  assert.equal((await shop.call('POST', `/v1/payment_intents/${waiting.id}/cancel`, {})).statusCode, 409)

  clock.jump(6_000)
  await Promise.all([app.services.checkout.takeUpDue(), app.services.checkout.takeUpDue()])
  const answer = await again()
  assert.deepEqual(
    [answer.replayed, answer.body['id'], answer.body['status']],
    [true, waiting.id, 'succeeded'],
  )
  assert.equal((await shop.get('/v1/balance')).available[0].amount, 700)
})
