import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { testApp, testNodes } from '../../../platform/testing/app.ts'
import { createTestClock } from '../../../platform/testing/clock.ts'
import { registerPerson, request } from '../testing.ts'

async function fixture(t: TestContext) {
  const app = await testApp(t)
  const { http } = app
  const made = await request(http, 'POST', 'register', {
    body: {
      username: 'alice',
      password: 'the password of alice',
      auth: { type: 'm.login.dummy' },
      refresh_token: true,
    },
  })
  return { ...app, first: made.body as { access_token: string; refresh_token: string; device_id: string } }
}
type Http = Awaited<ReturnType<typeof fixture>>['http']

const refresh = (http: Http, refresh_token: unknown) =>
  request(http, 'POST', 'refresh', { body: { refresh_token } })
const whoami = (http: Http, token: string) => request(http, 'GET', 'account/whoami', { token })

test('a refresh token gives new tokens for the same device', async (t) => {
  const { http, first } = await fixture(t)
  const { status, body } = await refresh(http, first.refresh_token)
  assert.equal(status, 200)
  assert.deepEqual(Object.keys(body).sort(), ['access_token', 'expires_in_ms', 'refresh_token'])
  assert.equal((await whoami(http, body.access_token)).body.device_id, first.device_id)
})

test('the old refresh token stays good until a new token is used', async (t) => {
  const { http, first } = await fixture(t)
  const unseen = (await refresh(http, first.refresh_token)).body
  const repeated = await refresh(http, first.refresh_token)
  assert.equal(repeated.status, 200)
  assert.equal((await whoami(http, unseen.access_token)).status, 401, 'withdrawn, as nobody saw it')

  assert.equal((await whoami(http, repeated.body.access_token)).status, 200)
  const late = await refresh(http, first.refresh_token)
  assert.deepEqual([late.status, late.body.errcode, late.body.soft_logout], [401, 'M_UNKNOWN_TOKEN', true])
  assert.equal((await whoami(http, repeated.body.access_token)).status, 200)
})

test('using the new refresh token also ends the old one', async (t) => {
  const { http, first } = await fixture(t)
  const second = (await refresh(http, first.refresh_token)).body
  const third = (await refresh(http, second.refresh_token)).body
  assert.equal((await refresh(http, first.refresh_token)).status, 401)
  assert.equal((await whoami(http, third.access_token)).status, 200)
  assert.equal((await refresh(http, second.refresh_token)).status, 401)
})

test('a refresh token ends with its session', async (t) => {
  const { http, first } = await fixture(t)
  await request(http, 'POST', 'logout', { token: first.access_token })
  const { status, body } = await refresh(http, first.refresh_token)
  assert.deepEqual([status, body.errcode, body.soft_logout], [401, 'M_UNKNOWN_TOKEN', false])
})

test('what is not a refresh token is refused', async (t) => {
  const { http, first } = await fixture(t)
  for (const token of ['', 'x', first.access_token])
    assert.deepEqual((await refresh(http, token)).body.errcode, 'M_UNKNOWN_TOKEN')
  assert.equal((await refresh(http, 1)).body.errcode, 'M_BAD_JSON')
  assert.equal((await request(http, 'POST', 'refresh', { body: {} })).body.errcode, 'M_MISSING_PARAM')
})

test('many refreshes at once on two nodes leave the client with tokens that work', async (t) => {
  const [here, there] = await testNodes(t, 2)
  assert(here && there)
  await registerPerson(here.http, 'bob')
  const made = await request(here.http, 'POST', 'login', {
    body: {
      type: 'm.login.password',
      user: 'bob',
      password: 'the password of bob',
      refresh_token: true,
    },
  })
  const answers = await Promise.all(
    [here, there, here, there].map(({ http }) => refresh(http, made.body.refresh_token)),
  )
  for (const { status } of answers) assert.equal(status, 200)
  const statuses = []
  for (const { body } of answers) statuses.push((await whoami(there.http, body.access_token)).status)
  assert.deepEqual(statuses.sort(), [200, 401, 401, 401])
})

test('an access token that can be refreshed expires softly; others do not expire', async (t) => {
  const clock = createTestClock()
  const { http } = await testApp(t, { clock, environment: { DURE_IDENTITY_ACCESS_TOKEN_LIFETIME: '300 s' } })
  const lasting = await registerPerson(http, 'bob')
  const login = await request(http, 'POST', 'login', {
    body: { type: 'm.login.password', user: 'bob', password: lasting.password, refresh_token: true },
  })
  assert.equal(login.body.expires_in_ms, 300_000)
  await clock.advance(299_000)
  assert.equal((await whoami(http, login.body.access_token)).status, 200)
  await clock.advance(1000)
  const { status, body } = await whoami(http, login.body.access_token)
  assert.deepEqual([status, body.errcode, body.soft_logout], [401, 'M_UNKNOWN_TOKEN', true])
  const renewed = await refresh(http, login.body.refresh_token)
  assert.equal((await whoami(http, renewed.body.access_token)).status, 200)
  assert.equal((await lasting.call('GET', 'account/whoami')).status, 200)
})
