import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { testApp } from '../../../platform/testing/app.ts'
import { createRegistrationToken } from '../operations/registration-tokens.ts'
import { registerPerson, request } from '../testing.ts'

async function fixture(t: TestContext, environment: Record<string, string> = {}) {
  const app = await testApp(t, { environment })
  const page = (stage: string, session: string) =>
    `/_matrix/client/v3/auth/${stage}/fallback/web?session=${encodeURIComponent(session)}`
  return {
    ...app,
    see: (stage: string, session: string) => app.http.inject(page(stage, session)),
    send: (stage: string, session: string, form: Record<string, string>) =>
      app.http.inject({
        method: 'POST',
        url: page(stage, session),
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        payload: new URLSearchParams(form).toString(),
      }),
  }
}

test('a stage completed in the page lets the client go on with the session alone', async (t) => {
  const { http, platform, see, send } = await fixture(t, { DURE_REGISTRATION: 'token' })
  await createRegistrationToken(platform, { token: 'welcome' })
  const stage = 'm.login.registration_token'
  const body = { username: 'alice', password: 'correct horse' }
  const { session } = (await request(http, 'POST', 'register', { body })).body

  const form = await see(stage, session)
  assert.equal(form.statusCode, 200)
  assert.match(String(form.headers['content-type']), /^text\/html/)
  assert.match(form.body, /name="token"/)
  assert.doesNotMatch(form.body, /<script/)
  const wrong = await send(stage, session, { token: '<b>' })
  assert.match(wrong.body, /role="alert">This registration token is not valid/)
  const unfinished = await request(http, 'POST', 'register', { body: { ...body, auth: { session } } })
  assert.equal(unfinished.status, 401)

  const done = await send(stage, session, { token: 'welcome' })
  assert.match(done.body, /window\.opener\.postMessage\("authDone", "\*"\)/)
  assert.match(String(done.headers['content-security-policy']), /default-src 'none'; script-src 'sha256-/)
  assert.match((await see(stage, session)).body, /authDone/)
  const made = await request(http, 'POST', 'register', { body: { ...body, auth: { session } } })
  assert.equal(made.status, 200)
})

test('a password in the page proves its owner only', async (t) => {
  const { http, send } = await fixture(t)
  const alice = await registerPerson(http, 'alice')
  const bob = await registerPerson(http, 'bob')
  const change = { new_password: 'another password' }
  const { session } = (await alice.call('POST', 'account/password', change)).body
  const stage = 'm.login.password'
  assert.match((await send(stage, session, { user: 'bob', password: bob.password })).body, /role="alert"/)
  assert.match((await send(stage, session, { user: 'alice', password: 'wrong' })).body, /role="alert"/)
  assert.match((await send(stage, session, { user: 'alice', password: alice.password })).body, /authDone/)
  const done = await alice.call('POST', 'account/password', { ...change, auth: { session } })
  assert.equal(done.status, 200)
})

test('unknown sessions and stages have no page, and forms are taken nowhere else', async (t) => {
  const { http, see, send } = await fixture(t)
  const { session } = (await request(http, 'POST', 'register', { body: {} })).body
  assert.equal((await see('m.login.dummy', 'x')).json().errcode, 'M_NOT_FOUND')
  assert.equal((await see('m.login.magic', session)).json().errcode, 'M_UNRECOGNIZED')
  assert.match((await send('m.login.dummy', session, {})).body, /authDone/)
  const elsewhere = await http.inject({
    method: 'POST',
    url: '/_matrix/client/v3/login',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: 'type=m.login.password',
  })
  assert.equal(elsewhere.json().errcode, 'M_NOT_JSON')
})
