import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { type TestContext, test } from 'node:test'
import Type from 'typebox'
import { systemClock } from '../clock.ts'
import { createLog } from '../log.ts'
import { systemRandom } from '../random.ts'
import { defineRefusals, Outage } from '../refusal.ts'
import { callerOf } from './access.ts'
import { createHttp } from './http.ts'
import { createRateLimits } from './rate-limits.ts'

const refuse = defineRefusals({
  'test.token_unknown': { status: 401, errcode: 'M_UNKNOWN_TOKEN', message: 'Unknown token.' },
})

async function fixture(t: TestContext, state = { draining: false }) {
  const app = await createHttp(
    {
      clock: systemClock,
      log: createLog('silent'),
      random: systemRandom,
      limits: createRateLimits({ clock: systemClock }, { tight: { perSecond: 0.001, burst: 1 } }, true),
      async authenticate(token) {
        if (token !== 'alice' && token !== 'guest') throw refuse('test.token_unknown')
        return { userId: `@${token}:x`, deviceId: 'D', guest: token === 'guest', sessionId: 's' }
      },
    },
    {
      bodyBytesMax: 1000,
      trustedProxies: [],
      operatorAddresses: ['10.88.1.1'],
      draining: () => state.draining,
    },
  )
  t.after(() => app.close())
  app.get('/public', { config: { access: 'public' } }, async () => ({ ok: true }))
  app.get('/optional', { config: { access: 'optional' } }, async (request) => ({
    who: request.caller?.userId ?? null,
  }))
  app.get('/guest', { config: { access: 'guest' } }, async (request) => ({ who: callerOf(request).userId }))
  app.get('/user', { config: { access: 'user' } }, async (request) => ({ who: callerOf(request).userId }))
  app.get('/operator', { config: { access: 'operator' } }, async () => ({ ok: true }))
  app.get('/tight', { config: { access: 'public', limit: 'tight' } }, async () => ({}))
  app.get('/outage', { config: { access: 'public' } }, async () =>
    Promise.reject(new Outage('gone', { retryAfterSeconds: 2 })),
  )
  app.get('/defect', { config: { access: 'public' } }, async () => Promise.reject(new Error('secret detail')))
  const schema = {
    body: Type.Object({ n: Type.Integer(), s: Type.Optional(Type.String()) }),
    querystring: Type.Object({ q: Type.Optional(Type.Union([Type.Literal('a'), Type.Literal('b')])) }),
  }
  app.put('/echo/:id', { config: { access: 'public' }, schema }, async (request) => request.body)
  return app
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

test('a route that declares no access does not start', async (t) => {
  const app = await fixture(t)
  assert.throws(() => app.get('/forgotten', async () => ({})), /declares no access/)
})

test('each access admits those it names and nobody else', async (t) => {
  const app = await fixture(t)
  const status = async (url: string, token?: string) =>
    (await app.inject({ url, headers: token ? bearer(token) : {} })).statusCode
  assert.deepEqual(
    await Promise.all(['/public', '/optional', '/guest', '/user'].map((url) => status(url))),
    [200, 200, 401, 401],
  )
  assert.deepEqual(
    await Promise.all(['/public', '/optional', '/guest', '/user'].map((url) => status(url, 'guest'))),
    [200, 200, 200, 403],
  )
  assert.deepEqual(
    await Promise.all(['/public', '/optional', '/guest', '/user'].map((url) => status(url, 'alice'))),
    [200, 200, 200, 200],
  )
  assert.deepEqual(
    await Promise.all(['/public', '/optional', '/guest', '/user'].map((url) => status(url, 'stolen'))),
    [200, 401, 401, 401],
  )
})

test('a missing token and a wrong one have their own codes', async (t) => {
  const app = await fixture(t)
  assert.equal((await app.inject('/user')).json().errcode, 'M_MISSING_TOKEN')
  assert.equal(
    (await app.inject({ url: '/user', headers: { authorization: 'Basic x' } })).json().errcode,
    'M_MISSING_TOKEN',
  )
  assert.equal(
    (await app.inject({ url: '/user', headers: bearer('stolen') })).json().errcode,
    'M_UNKNOWN_TOKEN',
  )
  assert.equal((await app.inject('/user?access_token=alice')).json().who, '@alice:x')
})

test('bodies are judged before the handler sees them', async (t) => {
  const app = await fixture(t)
  const put = async (payload: string, type = 'text/plain') => {
    const answer = await app.inject({
      method: 'PUT',
      url: '/echo/1',
      payload,
      headers: { 'content-type': type },
    })
    return [answer.statusCode, answer.json().errcode ?? answer.json()]
  }
  assert.deepEqual(await put('{"n":1}'), [200, { n: 1 }])
  assert.deepEqual(await put('{"n":1', 'application/json'), [400, 'M_NOT_JSON'])
  assert.deepEqual(await put('{"n":1,"n":2}'), [400, 'M_BAD_JSON'])
  assert.deepEqual(await put('{"n":"1"}'), [400, 'M_BAD_JSON'])
  assert.deepEqual(await put('{}'), [400, 'M_MISSING_PARAM'])
  assert.deepEqual(await put(`{"n":1,"s":"${'x'.repeat(2000)}"}`), [413, 'M_TOO_LARGE'])
  assert.deepEqual(await put('[]'), [400, 'M_BAD_JSON'])
  assert.deepEqual(await put(''), [400, 'M_BAD_JSON'])
})

test('a wrong query parameter is named', async (t) => {
  const app = await fixture(t)
  const answer = await app.inject({ method: 'PUT', url: '/echo/1?q=c', payload: '{"n":1}' })
  assert.equal(answer.statusCode, 400)
  assert.equal(answer.json().errcode, 'M_INVALID_PARAM')
  assert.match(answer.json().error, /^q/)
})

test('an unknown path is 404, a known path with another method 405, a broken escape 400: never 500', async (t) => {
  const app = await fixture(t)
  const answers = await Promise.all([
    app.inject('/nothing'),
    app.inject({ method: 'DELETE', url: '/echo/a%2Fb' }),
    app.inject('/echo/%ff'),
  ])
  assert.deepEqual(
    answers.map((answer) => [answer.statusCode, answer.json().errcode]),
    [
      [404, 'M_UNRECOGNIZED'],
      [405, 'M_UNRECOGNIZED'],
      [400, 'M_BAD_JSON'],
    ],
  )
})

test('an outage says when to come back, a defect says nothing about itself', async (t) => {
  const app = await fixture(t)
  const outage = await app.inject('/outage')
  assert.equal(outage.statusCode, 503)
  // Whole seconds, spread a little; `retry_after_ms` belongs to 429 alone.
  assert.match(String(outage.headers['retry-after']), /^[234]$/)
  assert.equal(outage.json().retry_after_ms, undefined)
  const defect = await app.inject('/defect')
  assert.equal(defect.statusCode, 500)
  assert.doesNotMatch(defect.body, /secret/)
})

test('a used-up budget answers 429 with Retry-After', async (t) => {
  const app = await fixture(t)
  assert.equal((await app.inject('/tight')).statusCode, 200)
  const answer = await app.inject('/tight')
  assert.equal(answer.statusCode, 429)
  assert.equal(answer.json().errcode, 'M_LIMIT_EXCEEDED')
  assert.equal(Number(answer.headers['retry-after']), 1000)
})

test('web pages of other origins may call the API', async (t) => {
  const app = await fixture(t)
  const preflight = await app.inject({
    method: 'OPTIONS',
    url: '/echo/1',
    headers: { origin: 'https://app.example', 'access-control-request-method': 'PUT' },
  })
  assert.equal(preflight.statusCode, 204)
  assert.equal(preflight.headers['access-control-allow-origin'], '*')
  assert.match(String(preflight.headers['access-control-allow-headers']), /Authorization/)
})

test('a draining node ends the connection of whoever it still answers', async (t) => {
  const state = { draining: false }
  const app = await fixture(t, state)
  assert.notEqual((await app.inject('/public')).headers.connection, 'close')
  state.draining = true
  assert.equal((await app.inject('/public')).headers.connection, 'close')
  assert.equal((await app.inject('/nothing')).headers.connection, 'close')
})

test('closing waits for who is being answered, and for nobody who only keeps a connection open', async (t) => {
  const app = await fixture(t)
  const answered = Promise.withResolvers<void>()
  const asked = Promise.withResolvers<void>()
  app.get('/slow', { config: { access: 'public' } }, async () => {
    asked.resolve()
    await answered.promise
    return { done: true }
  })
  const url = new URL(await app.listen({ host: '127.0.0.1', port: 0 }))
  const unused = connect(Number(url.port), url.hostname)
  await once(unused, 'connect')
  const slow = fetch(new URL('/slow', url))
  await asked.promise
  const closed = app.close()
  answered.resolve()
  assert.deepEqual(await (await slow).json(), { done: true })
  await closed
  await once(unused, 'close')
})

test('the paths of specifications before v1.1 lead to the same endpoints', async (t) => {
  const app = await fixture(t)
  app.get('/_matrix/client/v3/here', { config: { access: 'public' } }, async ({ query }) => query)
  const old = await app.inject('/_matrix/client/r0/here?since=/_matrix/client/r0/x')
  assert.deepEqual(old.json(), { since: '/_matrix/client/r0/x' })
  assert.equal((await app.inject('/_matrix/client/r1/here')).json().errcode, 'M_UNRECOGNIZED')
})

test('what is for operators is answered to this machine and to the sites, and to nobody behind a proxy', async (t) => {
  const app = await fixture(t)
  const from = async (remoteAddress: string, headers = {}) =>
    (await app.inject({ url: '/operator', remoteAddress, headers })).statusCode
  assert.equal(await from('127.0.0.1'), 200)
  assert.equal(await from('::1'), 200)
  assert.equal(await from('::ffff:127.0.0.1'), 200)
  assert.equal(await from('10.88.1.1'), 200)
  assert.equal(await from('203.0.113.9'), 403)
  assert.equal(await from('127.0.0.1', { 'x-forwarded-for': '203.0.113.9' }), 403)
  const refused = await app.inject({ url: '/operator', remoteAddress: '203.0.113.9' })
  assert.equal(refused.json().errcode, 'M_FORBIDDEN')
})
