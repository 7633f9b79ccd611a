import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { createHttpClient } from '../support/http-client.ts'
import { register } from '../support/person.ts'
import { approve, openShop, stripeError } from '../support/shop.ts'
import { startTwoNodes } from '../support/two-nodes.ts'

async function fixture(t: TestContext) {
  const nodes = await startTwoNodes(t, { DURE_SERVER_NAME: 'dure.test' })
  const http = createHttpClient(nodes.urls[0])
  t.after(() => http.close())
  const owner = await register(http, 'owner')
  const payer = await register(http, 'payer')
  const shop = await openShop(http, owner)
  const [here, there] = nodes.urls.map((url) => shop.at(url))
  assert(here && there)
  return { nodes, http, owner, payer, shop, here, there }
}

test("a shop's whole life with Stripe's own client, at two nodes in turn", async (t) => {
  const { nodes, payer, here, there } = await fixture(t)

  const customer = await here.customers.create({
    name: 'Kim',
    email: 'kim@example.org',
    metadata: { table: '4' },
  })
  assert.equal(((await there.customers.retrieve(customer.id)) as typeof customer).metadata['table'], '4')

  // Set aside, then taken in part: the rest goes back.
  const intent = await here.paymentIntents.create({
    amount: 12_000,
    currency: 'krw',
    capture_method: 'manual',
    customer: customer.id,
    metadata: { order: '17' },
  })
  assert.equal(intent.status, 'requires_payment_method')
  const waiting = await there.paymentIntents.confirm(intent.id, { return_url: 'https://shop.example/done' })
  assert.equal(waiting.status, 'requires_action')
  const address = waiting.next_action?.redirect_to_url?.url ?? ''
  assert.equal(await approve(nodes.urls[1], payer, address), 'requires_capture')
  assert.equal(await approve(nodes.urls[0], payer, address), 'requires_capture')
  const captured = await here.paymentIntents.capture(intent.id, {
    amount_to_capture: 10_000,
    expand: ['latest_charge.balance_transaction', 'customer'],
  })
  assert.deepEqual(
    [captured.status, captured.amount_received, captured.amount_capturable],
    ['succeeded', 10_000, 0],
  )
  assert(typeof captured.latest_charge === 'object' && captured.latest_charge)
  assert(typeof captured.latest_charge.balance_transaction === 'object')
  assert.equal(captured.latest_charge.balance_transaction?.net, 10_000)
  assert(typeof captured.customer === 'object' && captured.customer?.object === 'customer')

  // Refunds in parts, until nothing is left.
  const first = await there.refunds.create({ payment_intent: intent.id, amount: 3_000 })
  assert.equal(first.status, 'succeeded')
  await here.refunds.create({ payment_intent: intent.id, amount: 7_000, reason: 'requested_by_customer' })
  assert.equal(
    (await stripeError(there.refunds.create({ payment_intent: intent.id }))).code,
    'charge_already_refunded',
  )

  // At once, through a session and its page.
  const session = await here.checkout.sessions.create({
    mode: 'payment',
    success_url: 'https://shop.example/thanks?session={CHECKOUT_SESSION_ID}',
    line_items: [
      {
        quantity: 2,
        price_data: { currency: 'krw', unit_amount: 4_500, product_data: { name: 'Yuja tea' } },
      },
    ],
  })
  assert.match(session.url ?? '', /\/checkout\/cs_test_/)
  assert.equal(await approve(nodes.urls[1], payer, session.url ?? ''), 'succeeded')
  const complete = await there.checkout.sessions.retrieve(session.id, {
    expand: ['line_items', 'payment_intent'],
  })
  assert.deepEqual([complete.status, complete.payment_status], ['complete', 'paid'])
  assert.equal(complete.line_items?.data[0]?.amount_total, 9_000)

  const balance = await here.balance.retrieve()
  assert.deepEqual(
    balance.available.map(({ amount, currency }) => [amount, currency]),
    [[9_000, 'krw']],
  )
  const payout = await there.payouts.create({ amount: 5_000, currency: 'krw' })
  assert.equal(payout.status, 'paid')
  assert.equal(
    (await stripeError(here.payouts.create({ amount: 5_000, currency: 'krw' }))).code,
    'balance_insufficient',
  )
  const lines = await here.balanceTransactions.list().autoPagingToArray({ limit: 100 })
  assert.deepEqual(
    lines.map(({ type, net }) => [type, net]),
    [
      ['payout', -5_000],
      ['charge', 9_000],
      ['refund', -7_000],
      ['refund', -3_000],
      ['charge', 10_000],
    ],
  )

  const events = await there.events.list({ limit: 2 }).autoPagingToArray({ limit: 100 })
  assert.deepEqual(events.map(({ type }) => type).reverse(), [
    'customer.created',
    'payment_intent.created',
    'payment_intent.requires_action',
    'payment_intent.amount_capturable_updated',
    'charge.succeeded',
    'payment_intent.succeeded',
    'charge.captured',
    'refund.created',
    'charge.refunded',
    'refund.created',
    'charge.refunded',
    'payment_intent.created',
    'payment_intent.succeeded',
    'charge.succeeded',
    'checkout.session.completed',
    'payout.created',
    'payout.paid',
    'payout.created',
    'payout.failed',
  ])
})
