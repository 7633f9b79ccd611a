import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import Stripe from 'stripe'
import { createTestRandom } from '../../src/platform/testing/random.ts'
import { until } from '../../src/platform/testing/until.ts'
import { createHttpClient } from '../support/http-client.ts'
import { register } from '../support/person.ts'
import { openShop, stripeAt } from '../support/shop.ts'
import { startTwoNodes } from '../support/two-nodes.ts'

const kills = Number(process.env['DURE_DRILL_KILLS'] ?? 6)
const clients = 8
const seed = Number(process.env['DURE_DRILL_SEED'] ?? 20_221_015)

type Sale = { amount: number; captured: number; refunded: number }

test(`a shop's books are right after ${kills} times kill -9 of a node or of PostgreSQL`, {
  timeout: 280_000,
}, async (t) => {
  t.diagnostic(`seed ${seed}`)
  const random = createTestRandom(seed)
  const nodes = await startTwoNodes(t, { DURE_SERVER_NAME: 'dure.test' })
  const http = createHttpClient(nodes.urls[0])
  const owner = await register(http, 'owner')
  const shop = await openShop(http, owner)
  http.close()
  const stripes = nodes.urls.map((url) =>
    stripeAt(url, shop.secretKey, { maxNetworkRetries: 0, timeout: 5_000 }),
  )
  let keys = 0

  /** An honest shop: sends the same request with the same key, to any node, until it is told what became of it. */
  async function ask<T>(
    work: (stripe: Stripe, options: { idempotencyKey: string }) => Promise<T>,
  ): Promise<T> {
    const idempotencyKey = `${seed}.${keys++}`
    for (;;) {
      try {
        const stripe = stripes[random.below(2)]
        assert(stripe)
        return await work(stripe, { idempotencyKey })
      } catch (error) {
        const passing =
          error instanceof Stripe.errors.StripeError &&
          ((error.statusCode ?? 500) >= 500 || error.statusCode === 409)
        if (!passing) throw error
        await sleep(30 + random.below(100))
      }
    }
  }

  async function sell(): Promise<Sale> {
    const amount = 100 + random.below(900)
    const payment = { amount, currency: 'krw', payment_method: 'pm_test_wallet', confirm: true } as const
    const held = await ask((stripe, options) =>
      stripe.paymentIntents.create({ ...payment, capture_method: 'manual' }, options),
    )
    if (random.below(5) === 0) {
      const canceled = await ask((stripe, options) => stripe.paymentIntents.cancel(held.id, {}, options))
      assert.equal(canceled.status, 'canceled')
      return { amount, captured: 0, refunded: 0 }
    }
    const captured = 1 + random.below(amount)
    const taken = await ask((stripe, options) =>
      stripe.paymentIntents.capture(held.id, { amount_to_capture: captured }, options),
    )
    assert.equal(taken.amount_received, captured)
    const refunded = random.below(captured)
    if (refunded > 0)
      await ask((stripe, options) =>
        stripe.refunds.create({ payment_intent: held.id, amount: refunded }, options),
      )
    return { amount, captured, refunded }
  }

  let selling = true
  const sales: Sale[] = []
  const working = Array.from({ length: clients }, async () => {
    while (selling) sales.push(await sell())
  })
  for (let killed = 0; killed < kills; ) {
    await sleep(500 + random.below(1_500))
    const victim = random.below(3)
    if (victim === 2) killed += nodes.killPostgres() ? 1 : 0
    else if (nodes.isUp(victim === 0 ? 0 : 1)) {
      killed += 1
      nodes.restart(victim === 0 ? 0 : 1, 'SIGKILL').catch(() => undefined)
    }
  }
  await until(() => nodes.isUp(0) && nodes.isUp(1))
  selling = false
  await Promise.all(working)

  const sum = (part: (sale: Sale) => number) => sales.reduce((total, sale) => total + part(sale), 0)
  const net = sum(({ captured, refunded }) => captured - refunded)
  const balance = await ask((stripe) => stripe.balance.retrieve())
  assert.equal(balance.available[0]?.amount, net)
  const [stripe] = stripes
  assert(stripe)
  const lines = await stripe.balanceTransactions.list({ limit: 100 }).autoPagingToArray({ limit: 10_000 })
  assert.equal(
    lines.reduce((total, line) => total + line.net, 0),
    net,
  )
  const intents = await stripe.paymentIntents.list({ limit: 100 }).autoPagingToArray({ limit: 10_000 })
  assert.equal(intents.length, sales.length, 'each sale was made once')
  assert.deepEqual(
    intents.filter(({ status }) => status !== 'succeeded' && status !== 'canceled'),
    [],
  )
  assert.equal(
    lines.filter(({ type }) => type === 'charge').length,
    sales.filter(({ captured }) => captured > 0).length,
  )
  t.diagnostic(`${sales.length} sales, ${lines.length} lines, ${kills} kills`)
})
