import assert from 'node:assert/strict'
import { randomBytes, randomUUID } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { systemClock } from '../../src/platform/clock.ts'
import { testNodes } from '../../src/platform/testing/app.ts'
import { checksum } from '../../src/services/checkout/codes/objects.ts'
import { createHttpClient, type HttpClient } from '../support/http-client.ts'
import { ok, type Person, register } from '../support/person.ts'
import { approve, openShop, stripeAt, stripeError } from '../support/shop.ts'

const wallet = '/api/wallet/v1'
const scans = '/api/checkout/v1/scans'

/** Two nodes, a live shop, and somebody with 50,000 won in their wallet. */
async function fixture(t: TestContext) {
  let shiftMs = 0
  const clock = { ...systemClock, now: () => systemClock.now() + shiftMs }
  const later = (ms: number) => {
    shiftMs += ms
  }
  const nodes = await testNodes(t, 2, { clock })
  const urls = await Promise.all(nodes.map((node) => node.listen()))
  const [here, there] = urls.map((url) => createHttpClient(url))
  const [node] = nodes
  assert(here && there && node)
  t.after(() => {
    here.close()
    there.close()
  })
  const owner = await register(here, 'owner')
  const ann = await register(here, 'ann')
  const shop = await openShop(here, owner, { live: true })
  const stripe = stripeAt(urls[0] ?? '', shop.secretKey, { maxNetworkRetries: 0 })
  const order = { direction: 'in', amount: '50000', bank_account: '088-110-432177' }
  const placed = ok(await here.send('PUT', `${wallet}/bank-orders/1`, { token: ann.token, body: order }))
  const { reference } = placed.json<{ reference: string }>()
  await node.services.wallet.bank.takeReport({ reference, outcome: 'settled' })

  const balance = async (person: Person) => {
    const answer = ok(await there.send('GET', `${wallet}/wallets/KRW`, { token: person.token }))
    return answer.json<{ balance: string }>().balance
  }
  const history = async (person: Person) => {
    const answer = ok(await there.send('GET', `${wallet}/wallets/KRW/history`, { token: person.token }))
    return answer.json<{ activities: { kind: string; amount: string; title: string }[] }>().activities
  }
  return { later, node, urls, here, there, owner, ann, shop, stripe, balance, history }
}

async function showCode(http: HttpClient, person: Person): Promise<string> {
  const body = { secret: randomBytes(16).toString('hex') }
  const answer = ok(await http.send('POST', `${wallet}/codes`, { token: person.token, body }))
  return answer.json<{ payload: string }>().payload
}

test('at the counter the till scans our code; the money comes back when the shop refunds it', async (t) => {
  const { node, here, ann, stripe, balance, history } = await fixture(t)
  const till = (code: string, amount: number, idempotencyKey: string) =>
    stripe.paymentIntents.create(
      {
        amount,
        currency: 'krw',
        confirm: true,
        payment_method_data: { type: 'wallet', wallet: { code } } as never,
        metadata: { till: '2' },
      },
      { idempotencyKey },
    )
  const code = await showCode(here, ann)
  const key = randomUUID()
  const paid = await till(code, 4_500, key)
  assert.equal(paid.status, 'succeeded')
  assert.equal((await till(code, 4_500, key)).id, paid.id)
  assert.equal(await balance(ann), '45500')

  const again = await stripeError(till(code, 100, randomUUID()))
  assert.deepEqual([again.statusCode, again.decline_code], [402, 'duplicate_transaction'])
  const forged = await stripeError(till(code.replace(/.$/, 'A'), 100, randomUUID()))
  assert.equal(forged.decline_code, 'incorrect_number')
  const manual = await stripeError(
    stripe.paymentIntents.create({
      amount: 5,
      currency: 'krw',
      confirm: true,
      capture_method: 'manual',
      payment_method_data: { type: 'wallet', wallet: { code } } as never,
    }),
  )
  assert.equal(manual.code, 'parameter_invalid')

  await stripe.refunds.create({ payment_intent: paid.id, amount: 1_500 })
  await stripe.refunds.create({ payment_intent: paid.id })
  assert.equal(
    (await stripeError(stripe.refunds.create({ payment_intent: paid.id }))).code,
    'charge_already_refunded',
  )
  assert.equal(await balance(ann), '50000')
  assert.deepEqual(
    (await history(ann)).map(({ kind, amount, title }) => [kind, amount, title]),
    [
      ['refund', '3000', 'Tea House'],
      ['refund', '1500', 'Tea House'],
      ['payment', '-4500', 'Tea House'],
      ['top_up', '50000', (await history(ann)).at(-1)?.title],
    ],
  )
  assert.deepEqual((await node.services.ledger.verify()).findings, [])
})

test('we scan the printed code of a shop and say how much, or its code for one order', async (t) => {
  const { node, here, there, ann, stripe, balance } = await fixture(t)
  const create = (fields: Record<string, unknown>) =>
    stripe.rawRequest('POST', '/v1/payment_codes', fields) as unknown as Promise<{ id: string; data: string }>
  const poster = await create({ currency: 'krw', description: 'At the door', metadata: { sign: 'door' } })
  const scan = async (http: HttpClient, payload: string) =>
    http.send('POST', scans, { token: ann.token, body: { payload } })
  const pay = (http: HttpClient, id: string, payload: string, amount: string, currency = 'KRW') =>
    http.send('PUT', `${scans}/${id}`, { token: ann.token, body: { payload, amount, currency } })

  const seen = ok(await scan(here, poster.data)).json()
  assert.deepEqual(seen, {
    merchant: 'Tea House',
    currency: 'KRW',
    amount: null,
    description: 'At the door',
    live: true,
  })
  const answers = await Promise.all(
    [1, 2, 3, 4].map((nth) => pay(nth % 2 ? here : there, 'tea', poster.data, '3000')),
  )
  for (const { status } of answers) assert(status === 200 || status === 409, String(status))
  const first = ok(await pay(there, 'tea', poster.data, '3000')).json<{
    status: string
    receipt_url: string
  }>()
  assert.equal(first.status, 'succeeded')
  assert.equal(await balance(ann), '47000')
  const receipt = await here.send('GET', new URL(first.receipt_url).pathname)
  assert.match(receipt.text, /₩3,000/)
  assert.equal(
    (await pay(here, 'tea', poster.data, '3001')).json<{ code: string }>().code,
    'checkout.idempotency_key_reused',
  )
  assert.equal(
    (await pay(here, 'usd', poster.data, '3000', 'USD')).json<{ code: string }>().code,
    'checkout.code_amount_differs',
  )
  const poor = ok(await pay(here, 'poor', poster.data, '999999')).json<{ declined: string }>()
  assert.equal(poor.declined, 'insufficient_funds')

  const intent = await stripe.paymentIntents.create({
    amount: 7_000,
    currency: 'krw',
    description: 'Order 17',
  })
  const order = await create({ payment_intent: intent.id })
  assert.equal(ok(await scan(there, order.data)).json<{ amount: string }>().amount, '7000')
  assert.equal((await pay(here, 'order', order.data, '6999')).status, 409)
  ok(await pay(there, 'order', order.data, '7000'))
  ok(await pay(here, 'order', order.data, '7000'))
  assert.equal((await stripe.paymentIntents.retrieve(intent.id)).status, 'succeeded')
  assert.equal(await balance(ann), '40000')

  await stripe.rawRequest('POST', `/v1/payment_codes/${poster.id}`, { active: false })
  assert.equal(
    (await pay(here, 'later', poster.data, '100')).json<{ code: string }>().code,
    'checkout.code_unknown',
  )
  assert.equal((await here.send('GET', `/checkout/codes/${poster.id}.png`)).status, 404)
  assert.deepEqual((await node.services.ledger.verify()).findings, [])
})

test('an altered code of a shop pays nobody, even when its checksum is made right', async (t) => {
  const { here, ann, stripe, balance } = await fixture(t)
  const fields = { currency: 'krw', amount: 3_000 }
  const { data } = (await stripe.rawRequest('POST', '/v1/payment_codes', fields)) as unknown as {
    data: string
  }
  const body = (payload: string) => ({ token: ann.token, body: { payload, amount: '3000', currency: 'KRW' } })
  let tried = 0
  for (const [at, letter] of [...data.slice(0, -4)].entries()) {
    const other = String.fromCharCode(letter.charCodeAt(0) ^ 1)
    const wrong = data.slice(0, at) + other + data.slice(at + 1)
    const summed = wrong.slice(0, -4) + checksum(wrong.slice(0, -4))
    for (const payload of [wrong, summed]) {
      const { status, text } = await here.send('PUT', `${scans}/x${tried++}`, body(payload))
      assert(status === 400 || status === 404 || status === 409, `${payload}: ${status} ${text}`)
    }
  }
  assert.equal(await balance(ann), '50000')
})

test("a wallet pays at the shop's page; the day is settled, paid out, and the books are right", async (t) => {
  const { later, node, urls, here, there, owner, ann, shop, stripe, balance } = await fixture(t)
  const session = await stripe.checkout.sessions.create({
    mode: 'payment',
    success_url: 'https://shop.example/done',
    line_items: [
      {
        quantity: 2,
        price_data: { currency: 'krw', unit_amount: 4_500, product_data: { name: 'Yuja tea' } },
      },
    ],
  })
  assert.equal(await approve(urls[1] ?? '', ann, session.url ?? ''), 'succeeded')
  const { payment_intent: intent } = await stripe.checkout.sessions.retrieve(session.id)
  await stripe.refunds.create({ payment_intent: String(intent), amount: 2_000 })
  assert.equal(await balance(ann), '43000')

  const change = { token: owner.token, body: { payouts: 'daily' } }
  ok(await here.send('POST', `/api/checkout/v1/merchants/${shop.id}`, change))
  // Noon of the next day.
  later(86_400_000 - (Date.now() % 86_400_000) + 43_200_000)
  await node.services.checkout.settleDays()
  await node.services.checkout.settleDays()
  const path = `/api/checkout/v1/merchants/${shop.id}/settlements?live=true`
  const { settlements } = ok(await there.send('GET', path, { token: owner.token })).json<{
    settlements: { charges: number; refunds: number; net: number; currency: string }[]
  }>()
  assert.deepEqual(
    settlements.map(({ charges, refunds, net, currency }) => [charges, refunds, net, currency]),
    [[9_000, 2_000, 7_000, 'KRW']],
  )
  assert.equal(await balance(owner), '7000')
  assert.equal((await stripe.balance.retrieve()).available[0]?.amount ?? 0, 0)
  assert.deepEqual((await node.services.ledger.verify()).findings, [])
})
