import assert from 'node:assert/strict'
import type { Dure } from '../../app.ts'
import { registerPerson } from '../identity/testing.ts'

let shops = 0

/** A shop with a secret key of one of its sides, and plain calls of its API. Bodies are the names of fields as they are sent. */
export async function checkoutFixture(
  { http, services }: Pick<Dure, 'http' | 'services'>,
  { name = 'Tea House', live = false }: { name?: string; live?: boolean } = {},
) {
  shops += 1
  const owner = await registerPerson(http, `owner${shops}`)
  const id = `acct_${String(shops).padStart(12, '0')}`
  const base = `/api/checkout/v1/merchants/${id}`
  const authorization = `Bearer ${owner.token}`
  const made = await http.inject({ method: 'PUT', url: base, headers: { authorization }, payload: { name } })
  assert.equal(made.statusCode, 200, made.body)
  const { key } = await services.checkout.deps.keys.create(id, { id: `${id}/first`, kind: 'secret', live })

  async function call(method: 'GET' | 'POST', url: string, fields?: Record<string, string>) {
    const headers = {
      authorization: `Bearer ${key}`,
      ...(fields && { 'content-type': 'application/x-www-form-urlencoded' }),
    }
    const payload = fields && new URLSearchParams(fields).toString()
    return http.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) })
  }
  const done = async (answer: ReturnType<typeof call>) => {
    const { statusCode, body } = await answer
    assert.equal(statusCode, 200, body)
    return JSON.parse(body)
  }
  return {
    id,
    shop: `${id}.${live ? 'live' : 'test'}`,
    owner,
    key,
    call,
    get: (url: string) => done(call('GET', url)),
    post: (url: string, fields: Record<string, string>) => done(call('POST', url, fields)),
  }
}
