import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import Stripe from 'stripe'
import { createHttpClient, type HttpClient } from './http-client.ts'
import { ok, type Person } from './person.ts'

/** A shop with the keys of one of its sides, and Stripe's own client for it at any node. */
export type Shop = {
  id: string
  secretKey: string
  publishableKey: string
  at(nodeUrl: string): Stripe
}

export async function openShop(
  http: HttpClient,
  owner: Person,
  { name = 'Tea House', live = false }: { name?: string; live?: boolean } = {},
): Promise<Shop> {
  const id = `acct_${randomBytes(6).toString('hex')}`
  const path = `/api/checkout/v1/merchants/${id}`
  ok(await http.send('PUT', path, { token: owner.token, body: { name } }))
  const key = async (kind: string) => {
    const answer = await http.send('PUT', `${path}/keys/${kind}`, {
      token: owner.token,
      body: { kind, live },
    })
    return ok(answer).json<{ key: string }>().key
  }
  const secretKey = await key('secret')
  return { id, secretKey, publishableKey: await key('publishable'), at: (url) => stripeAt(url, secretKey) }
}

/** Stripe's client as anybody would set it up for another host. */
export function stripeAt(nodeUrl: string, key: string, options: Partial<Stripe.StripeConfig> = {}): Stripe {
  const { hostname, port } = new URL(nodeUrl)
  return new Stripe(key, { host: hostname, port, protocol: 'http', telemetry: false, ...options })
}

/** A signed-in person approves what a shop has sent them to: the last part of the address of its page. */
export async function approve(nodeUrl: string, person: Person, address: string): Promise<string> {
  const http = createHttpClient(nodeUrl)
  const path = `/api/checkout/v1/payments/${encodeURIComponent(new URL(address).pathname.split('/').at(-1) ?? '')}`
  try {
    const seen = ok(await http.send('GET', path, { token: person.token })).json<{
      amount: string
      currency: string
    }>()
    const body = { amount: seen.amount, currency: seen.currency }
    const paid = ok(await http.send('PUT', `${path}/approve`, { token: person.token, body }))
    return paid.json<{ status: string }>().status
  } finally {
    http.close()
  }
}

/** The error that Stripe's client throws. */
export async function stripeError(
  work: Promise<unknown>,
): Promise<InstanceType<typeof Stripe.errors.StripeError>> {
  try {
    await work
  } catch (error) {
    assert(error instanceof Stripe.errors.StripeError, String(error))
    return error
  }
  assert.fail('nothing was refused')
}
