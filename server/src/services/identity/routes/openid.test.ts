import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testNodes } from '../../../platform/testing/app.ts'
import { createTestClock } from '../../../platform/testing/clock.ts'
import { registerPerson, request } from '../testing.ts'

test('a service learns whose an OpenID token is, at any node, until it expires', async (t) => {
  const clock = createTestClock()
  const [here, there] = await testNodes(t, 2, { clock })
  assert(here && there)
  const alice = await registerPerson(here.http, 'alice')
  const { status, body } = await alice.call('POST', `user/${alice.userId}/openid/request_token`, {})
  const { access_token: token, ...rest } = body
  assert.deepEqual(
    [status, rest],
    [200, { token_type: 'Bearer', matrix_server_name: 'dure.test', expires_in: 3600 }],
  )
  const ask = (text: string) =>
    request(there.http, 'GET', `/_matrix/federation/v1/openid/userinfo?access_token=${text}`)
  assert.deepEqual((await ask(token)).body, { sub: alice.userId })
  assert.equal(
    (await request(here.http, 'GET', 'sync', { token })).status,
    401,
    'it is good for nothing else',
  )
  for (const wrong of [alice.token, 'x', '']) assert.equal((await ask(wrong)).body.errcode, 'M_UNKNOWN_TOKEN')
  const without = await request(here.http, 'GET', '/_matrix/federation/v1/openid/userinfo')
  assert.deepEqual([without.status, without.body.errcode], [400, 'M_MISSING_PARAM'])
  await here.services.identity.restrictAccount({ userId: alice.userId, restriction: 'locked', on: true })
  assert.equal((await ask(token)).status, 401)
  await here.services.identity.restrictAccount({ userId: alice.userId, restriction: 'locked', on: false })
  assert.equal((await ask(token)).status, 200)
  clock.jump(3_600_000)
  assert.deepEqual([(await ask(token)).status, (await ask(token)).body.errcode], [401, 'M_UNKNOWN_TOKEN'])
})

test('nobody asks for the token of somebody else', async (t) => {
  const [node] = await testNodes(t, 1)
  assert(node)
  const alice = await registerPerson(node.http, 'alice')
  const { status, body } = await alice.call('POST', 'user/@bob:dure.test/openid/request_token', {})
  assert.deepEqual([status, body.errcode], [403, 'M_FORBIDDEN'])
})
