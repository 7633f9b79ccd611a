import assert from 'node:assert/strict'
import { createHmac, randomUUID } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import type Stripe from 'stripe'
import { testNodes } from '../../src/platform/testing/app.ts'
import { createHttpClient } from '../support/http-client.ts'
import { register } from '../support/person.ts'
import { approve, openShop, stripeAt, stripeError } from '../support/shop.ts'
import { webhookReceiver } from '../support/webhook-receiver.ts'

/** Two nodes on one database, a shop with Stripe's client for each, and somebody who pays. */
async function fixture(t: TestContext) {
  const nodes = await testNodes(t, 2, { environment: { DURE_OUTGOING_PRIVATE_NETWORKS: '127.0.0.1' } })
  const urls = await Promise.all(nodes.map((node) => node.listen()))
  const [first = '', second = ''] = urls
  const http = createHttpClient(first)
  t.after(() => http.close())
  const owner = await register(http, 'owner')
  const payer = await register(http, 'payer')
  const shop = await openShop(http, owner)
  const here = stripeAt(first, shop.secretKey, { maxNetworkRetries: 0 })
  const there = stripeAt(second, shop.secretKey, { maxNetworkRetries: 0 })
  const at = (nth: number) => (nth % 2 === 0 ? here : there)
  const paid = (amount: number, more: Partial<Stripe.PaymentIntentCreateParams> = {}) =>
    here.paymentIntents.create({
      amount,
      currency: 'krw',
      payment_method: 'pm_test_wallet',
      confirm: true,
      ...more,
    })
  return { nodes, urls, first, second, http, owner, payer, shop, here, there, at, paid }
}

const code = async (work: Promise<unknown>) => (await stripeError(work)).code

test('no more is captured than was set aside, and once', async (t) => {
  const { paid, here, there, at } = await fixture(t)
  const held = await paid(1_000, { capture_method: 'manual' })
  assert.equal(held.status, 'requires_capture')
  assert.equal(
    await code(there.paymentIntents.capture(held.id, { amount_to_capture: 1_001 })),
    'amount_too_large',
  )

  const answers = await Promise.allSettled(
    Array.from({ length: 10 }, (_, nth) =>
      at(nth).paymentIntents.capture(held.id, { amount_to_capture: 700 }),
    ),
  )
  assert.equal(answers.filter(({ status }) => status === 'fulfilled').length, 1)
  const balance = await here.balance.retrieve()
  assert.equal(balance.available[0]?.amount, 700)
  assert.equal(await code(here.paymentIntents.cancel(held.id)), 'payment_intent_unexpected_state')
})

test('a hundred refunds at once give back what was taken, and no more', async (t) => {
  const { paid, here, there, at } = await fixture(t)
  const intent = await paid(1_000)
  assert.equal(
    await code(there.refunds.create({ payment_intent: intent.id, amount: 1_001 })),
    'amount_too_large',
  )
  const answers = await Promise.allSettled(
    Array.from({ length: 100 }, (_, nth) =>
      at(nth).refunds.create({ payment_intent: intent.id, amount: 30 }),
    ),
  )
  assert.equal(answers.filter(({ status }) => status === 'fulfilled').length, 33)
  await here.refunds.create({ payment_intent: intent.id })
  const charge = await there.charges.retrieve(String(intent.latest_charge))
  assert.deepEqual([charge.amount_refunded, charge.refunded], [1_000, true])
  assert.equal((await here.balance.retrieve()).available[0]?.amount, 0)
  assert.equal(
    (await there.refunds.list({ charge: charge.id }).autoPagingToArray({ limit: 1_000 })).length,
    34,
  )
})

test('a refund of money that was paid out already is refused, and can be made later', async (t) => {
  const { paid, here } = await fixture(t)
  const intent = await paid(1_000)
  await here.payouts.create({ amount: 900, currency: 'krw' })
  assert.equal(await code(here.refunds.create({ payment_intent: intent.id })), 'balance_insufficient')
  await paid(900)
  assert.equal((await here.refunds.create({ payment_intent: intent.id })).amount, 1_000)
})

test('a key is one request: repeated, in parallel, with another body, of another shop', async (t) => {
  const { here, there, at, http, owner, first } = await fixture(t)
  const body = { amount: 500, currency: 'krw', payment_method: 'pm_test_wallet', confirm: true }
  const idempotencyKey = randomUUID()
  const answers = await Promise.allSettled(
    Array.from({ length: 8 }, (_, nth) => at(nth).paymentIntents.create(body, { idempotencyKey })),
  )
  for (const answer of answers) {
    if (answer.status === 'rejected') assert.equal(answer.reason.statusCode, 409)
  }
  const again = await there.paymentIntents.create(body, { idempotencyKey })
  assert.equal(again.lastResponse.headers['idempotent-replayed'], 'true')
  assert.equal((await here.charges.list({})).data.length, 1)

  const other = await stripeError(here.paymentIntents.create({ ...body, amount: 501 }, { idempotencyKey }))
  assert.deepEqual([other.type, other.statusCode], ['StripeIdempotencyError', 400])
  const neighbour = await openShop(http, owner, { name: 'Neighbour' })
  const theirs = await neighbour.at(first).paymentIntents.create({ ...body, amount: 7 }, { idempotencyKey })
  assert.equal(theirs.amount, 7)
  assert.equal(await code(neighbour.at(first).paymentIntents.retrieve(again.id)), 'resource_missing')
})

test('a declined payment says why, in the same words when it is asked again', async (t) => {
  const { here, there } = await fixture(t)
  const idempotencyKey = randomUUID()
  const poor = {
    amount: 500,
    currency: 'krw',
    payment_method: 'pm_test_wallet_insufficient_funds',
    confirm: true,
  }
  for (const client of [here, there]) {
    const error = await stripeError(client.paymentIntents.create(poor, { idempotencyKey }))
    assert.deepEqual(
      [error.type, error.statusCode, error.code, error.decline_code],
      ['StripeCardError', 402, 'card_declined', 'insufficient_funds'],
    )
    assert.equal(error.payment_intent?.status, 'requires_payment_method')
  }
  const frozen = await stripeError(
    here.paymentIntents.create({ ...poor, payment_method: 'pm_test_wallet_declined' }),
  )
  assert.equal(frozen.decline_code, 'do_not_honor')
  const absent = here.paymentIntents.create({ amount: 5, currency: 'krw', confirm: true, off_session: true })
  assert.equal(await code(absent), 'authentication_required')
})

test('amounts are whole numbers of a currency that there is', async (t) => {
  const { here, first, shop } = await fixture(t)
  const refused = async (amount: unknown, currency = 'krw') =>
    code(here.paymentIntents.create({ amount: amount as number, currency }))
  assert.equal(await refused('1e3'), 'parameter_invalid_integer')
  assert.equal(await refused(10.5), 'parameter_invalid_integer')
  assert.equal(await refused('0x10'), 'parameter_invalid_integer')
  assert.equal(await refused(2 ** 53 + 2), 'amount_too_large')
  assert.equal(await refused(10 ** 12), 'amount_too_large')
  assert.equal(await refused(0), 'amount_too_small')
  assert.equal(await refused(-5), 'amount_too_small')
  assert.equal(await refused(1, 'btc'), 'currency_invalid')
  const unknown = await stripeError(
    here.paymentIntents.create({ amount: 1, currency: 'krw', colour: 'red' } as never),
  )
  assert.deepEqual([unknown.code, unknown.param], ['parameter_unknown', 'colour'])
  assert.equal((await stripeError(stripeAt(first, 'sk_test_wrong').customers.list())).statusCode, 401)
  assert.equal((await stripeError(stripeAt(first, shop.publishableKey).customers.list())).statusCode, 403)

  const http = createHttpClient(first)
  t.after(() => http.close())
  const headers = {
    authorization: `Bearer ${shop.secretKey}`,
    'content-type': 'application/x-www-form-urlencoded',
  }
  const post = async (body: string) =>
    (await http.send('POST', '/v1/customers', { headers, body: Buffer.from(body) })).status
  assert.equal(await post('metadata[a]=1&metadata[a]=2'), 400)
  assert.equal(await post('a[b][c][d][e][f][g]=1'), 400)
  assert.equal(await post('name=%ff'), 400)
  assert.equal(await post(`name=${'x'.repeat(200_000)}`), 413)
  assert.equal(await post('__proto__[x]=1'), 400)
  assert.equal(await post('name=Kim'), 200)
})

test('a key opens no other account, whatever account the request names', async (t) => {
  const { here, shop } = await fixture(t)
  for (const stripeAccount of ['acct_other', `${shop.id}0`])
    assert.equal(await code(here.balance.retrieve({}, { stripeAccount })), 'account_invalid')
  assert.equal((await here.balance.retrieve({}, { stripeAccount: shop.id })).object, 'balance')
})

test('pages of lists have one bound, and an unknown one is named', async (t) => {
  const { here, paid } = await fixture(t)
  const { id } = await paid(500)
  const wrong = async (list: Promise<unknown>) => {
    const { code: why, param } = await stripeError(list)
    return [why, param]
  }
  const { paymentIntents, events } = here
  assert.deepEqual(await wrong(paymentIntents.list({ starting_after: id, ending_before: id })), [
    'parameter_invalid',
    'ending_before',
  ])
  assert.deepEqual(await wrong(paymentIntents.list({ starting_after: 'pi_none' })), [
    'resource_missing',
    'starting_after',
  ])
  assert.deepEqual(await wrong(events.list({ ending_before: 'evt_none' })), [
    'resource_missing',
    'ending_before',
  ])
  for (const limit of [0, 101, 1.5])
    assert.deepEqual(await wrong(paymentIntents.list({ limit })), ['parameter_invalid_integer', 'limit'])
})

test('a payment that is approved and canceled in the same moment is one of the two', async (t) => {
  const { urls, payer, here, there, nodes } = await fixture(t)
  for (let round = 0; round < 6; round++) {
    const intent = await here.paymentIntents.create({
      amount: 100,
      currency: 'krw',
      confirm: true,
      capture_method: 'manual',
    })
    const page = intent.next_action?.redirect_to_url?.url ?? ''
    const [approved, canceled] = await Promise.allSettled([
      approve(urls[round % 2] ?? '', payer, page),
      there.paymentIntents.cancel(intent.id),
    ])
    const { status } = await here.paymentIntents.retrieve(intent.id)
    if (status === 'canceled') assert.equal(canceled.status, 'fulfilled')
    else assert.deepEqual([status, approved.status], ['requires_capture', 'fulfilled'])
    if (status === 'requires_capture') await here.paymentIntents.cancel(intent.id)
  }
  const held = await nodes[0]?.services.testLedger
    .account(`test purse/${payer.userId}/KRW`)
    .catch(() => undefined)
  assert.equal(held?.held ?? 0n, 0n)
})

test('a person does not pay what the shop has changed behind their back', async (t) => {
  const { http, payer, here } = await fixture(t)
  const intent = await here.paymentIntents.create({ amount: 100, currency: 'krw', confirm: true })
  await here.paymentIntents.update(intent.id, { amount: 900 })
  const path = `/api/checkout/v1/payments/${intent.client_secret}/approve`
  const send = (amount: string) =>
    http.send('PUT', path, { token: payer.token, body: { amount, currency: 'KRW' } })
  const answer = await send('100')
  assert.deepEqual([answer.status, answer.json<{ code: string }>().code], [409, 'checkout.payment_changed'])
  assert.equal((await send('900')).status, 200)
  const unknown = await http.send('GET', `/api/checkout/v1/payments/${intent.id}_secret_wrong`, {
    token: payer.token,
  })
  assert.equal(unknown.status, 404)
})

test('events reach the shop signed, in order, again until they are taken, byte for byte', async (t) => {
  const { here, paid } = await fixture(t)
  const receiver = await webhookReceiver(t, (nth) => (nth === 1 ? 500 : 200))
  const inside = { url: 'http://10.0.0.1/hook', enabled_events: ['payment_intent.created'] as const }
  assert.equal(
    (
      await stripeError(
        here.webhookEndpoints.create({ ...inside, enabled_events: [...inside.enabled_events] }),
      )
    ).param,
    'url',
  )
  const endpoint = await here.webhookEndpoints.create({
    url: receiver.url,
    enabled_events: ['payment_intent.created', 'payment_intent.succeeded'],
  })
  const { secret = '' } = endpoint
  assert.equal((await here.webhookEndpoints.retrieve(endpoint.id)).secret, undefined)
  const intent = await paid(300)
  await receiver.heard(3)
  const [refused, created, succeeded] = receiver.received
  assert(refused && created && succeeded)
  assert.deepEqual(refused.body, created.body)

  const signatureOf = ({ headers }: typeof created) => String(headers['stripe-signature'])
  const event = here.webhooks.constructEvent(succeeded.body, signatureOf(succeeded), secret)
  assert.deepEqual(
    [event.type, (event.data.object as { id: string }).id],
    ['payment_intent.succeeded', intent.id],
  )
  assert.equal(JSON.parse(created.body.toString()).type, 'payment_intent.created')
  assert.throws(() => here.webhooks.constructEvent(succeeded.body, signatureOf(created), `${secret}x`))
  assert.throws(() => here.webhooks.constructEvent(`${succeeded.body} `, signatureOf(succeeded), secret))
  const hourLater = Date.now() + 3_600_000
  assert.throws(
    () =>
      here.webhooks.constructEvent(succeeded.body, signatureOf(succeeded), secret, 300, undefined, hourLater),
    /tolerance/,
  )
  const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': standard } = succeeded.headers
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64')
  assert.equal(
    standard,
    `v1,${createHmac('sha256', key).update(`${id}.${at}.${succeeded.body}`).digest('base64')}`,
  )

  await here.rawRequest('POST', `/v1/events/${event.id}/retry`)
  await receiver.heard(4)
  assert.deepEqual(receiver.received[3]?.body, succeeded.body)
})

test('a webhook that overtakes the answer to a confirmation tells the same, and what both set off is done once', async (t) => {
  const { here, at } = await fixture(t)
  const receiver = await webhookReceiver(t)
  await here.webhookEndpoints.create({ url: receiver.url, enabled_events: ['payment_intent.succeeded'] })
  for (let round = 0; round < 6; round++) {
    const intent = await here.paymentIntents.create({ amount: 500, currency: 'krw' })
    const confirming = at(round).paymentIntents.confirm(intent.id, { payment_method: 'pm_test_wallet' })
    await receiver.heard(round + 1)
    const told = JSON.parse(String(receiver.received[round]?.body)).data.object
    const seen = await at(round + 1).paymentIntents.retrieve(intent.id)
    assert.deepEqual([told.id, told.status, seen.status], [intent.id, 'succeeded', 'succeeded'])
    const react = (nth: number) =>
      at(nth).refunds.create(
        { payment_intent: intent.id, amount: 10 },
        { idempotencyKey: `reward for ${intent.id}` },
      )
    const [confirmed, ...reactions] = await Promise.allSettled([confirming, react(0), react(1)])
    assert.equal(confirmed.status === 'fulfilled' && confirmed.value.status, 'succeeded')
    assert(reactions.some(({ status }) => status === 'fulfilled'))
    const charge = await here.charges.retrieve(String(seen.latest_charge))
    assert.equal(charge.amount_refunded, 10)
  }
})
