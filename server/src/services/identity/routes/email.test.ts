import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { testApp, testNodes } from '../../../platform/testing/app.ts'
import { smtpPeer } from '../../../platform/testing/smtp-peer.ts'
import { logIn, type Person, personOf, registerPerson, request } from '../testing.ts'

const address = 'alice@mail.test'

async function fixture(t: TestContext) {
  const peer = await smtpPeer(t)
  const [here, there] = await testNodes(t, 2, {
    environment: { DURE_MAIL_SMTP_URL: peer.url, DURE_MAIL_FROM: 'Dure <dure@mail.test>' },
  })
  assert(here && there)
  const { http } = here
  const alice = await registerPerson(http, 'alice')
  const ask = (path: string, email = address, more: object = {}) =>
    request(http, 'POST', path, {
      body: { client_secret: 'secret', email, send_attempt: 1, ...more },
    })
  /** Opens the link in the next mail, at the other node, and presses the button there. */
  async function confirm() {
    const { text, to } = await peer.next()
    const link = /\/api\/identity\/v1\/email\/validate\?sid=[^\s]+/.exec(text)?.[0]
    assert(link, text)
    assert.match((await there?.http.inject(link))?.body ?? '', /<form method="post"><button>/)
    const done = await there?.http.inject({
      method: 'POST',
      url: link,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: '',
    })
    return { to, link, status: done?.statusCode, headers: done?.headers }
  }
  const passwordAuth = (person: Person) => ({
    type: 'm.login.password',
    identifier: { type: 'm.id.user', user: person.userId },
    password: person.password,
  })
  const add = (person: Person, sid: string, secret = 'secret') =>
    person.call('POST', 'account/3pid/add', { sid, client_secret: secret, auth: passwordAuth(person) })
  /** Gives a person an address of theirs. */
  async function own(person: Person, email = address) {
    const { sid } = (await ask('account/3pid/email/requestToken', email)).body
    await confirm()
    assert.equal((await add(person, sid)).status, 200)
  }
  return { here, peer, http, alice, ask, confirm, add, own }
}

const emailAuth = (sid: string, session?: string) => ({
  type: 'm.login.email.identity',
  threepid_creds: { sid, client_secret: 'secret' },
  ...(session !== undefined && { session }),
})

test('an address is added once its owner has confirmed it, and removed again', async (t) => {
  const { http, alice, ask, confirm, add } = await fixture(t)
  assert.deepEqual((await alice.call('GET', 'capabilities')).body.capabilities['m.3pid_changes'], {
    enabled: true,
  })
  const { sid } = (await ask('account/3pid/email/requestToken', ' Alice@Mail.test')).body
  const early = await add(alice, sid)
  assert.deepEqual([early.status, early.body.errcode], [400, 'M_THREEPID_AUTH_FAILED'])
  const { to, status, link } = await confirm()
  assert.deepEqual([to, status], [address, 200])
  assert.equal((await add(alice, sid, 'another secret')).body.errcode, 'M_THREEPID_AUTH_FAILED')
  for (let i = 0; i < 2; i++) assert.equal((await add(alice, sid)).status, 200)
  const [listed] = (await alice.call('GET', 'account/3pid')).body.threepids
  assert.deepEqual([listed.medium, listed.address, typeof listed.validated_at], ['email', address, 'number'])

  const byMail = await request(http, 'POST', 'login', {
    body: {
      type: 'm.login.password',
      identifier: { type: 'm.id.thirdparty', medium: 'email', address: 'ALICE@mail.test' },
      password: alice.password,
    },
  })
  assert.equal(byMail.body.user_id, alice.userId)
  const removed = await alice.call('POST', 'account/3pid/delete', { medium: 'email', address })
  assert.deepEqual(removed.body, { id_server_unbind_result: 'no-support' })
  assert.deepEqual((await alice.call('GET', 'account/3pid')).body, { threepids: [] })
  const forged = await http.inject({ method: 'POST', url: link.replace(/token=./, 'token=_') })
  assert.equal(forged.statusCode, 404)
})

test('a repeated request sends no second mail, a higher attempt does', async (t) => {
  const { peer, ask } = await fixture(t)
  const path = 'account/3pid/email/requestToken'
  const first = await ask(path)
  assert.deepEqual((await ask(path)).body, first.body)
  assert.deepEqual((await ask(path, address, { send_attempt: 2 })).body, first.body)
  await ask(path, 'other@mail.test')
  const mails = [await peer.next(), await peer.next(), await peer.next()].map(({ to }) => to)
  assert.deepEqual(mails.toSorted(), [address, address, 'other@mail.test'])
})

test('a forgotten password is set anew by whoever has the address of the account', async (t) => {
  const { http, alice, ask, confirm, own } = await fixture(t)
  await own(alice)
  const { sid } = (
    await ask('account/password/email/requestToken', address, { next_link: 'https://app.test/done' })
  ).body
  const change = { new_password: 'another password' }
  const asked = (await request(http, 'POST', 'account/password', { body: change })).body
  assert.deepEqual(asked.flows, [{ stages: ['m.login.password'] }, { stages: ['m.login.email.identity'] }])
  const reset = (auth: object, token?: string) =>
    request(http, 'POST', 'account/password', {
      body: { ...change, auth },
      ...(token !== undefined && { token }),
    })
  const early = await reset(emailAuth(sid, asked.session))
  assert.deepEqual([early.status, early.body.errcode], [401, 'M_THREEPID_AUTH_FAILED'])
  const { status, headers } = await confirm()
  assert.deepEqual([status, headers?.['location']], [303, 'https://app.test/done'])

  const mallory = await registerPerson(http, 'mallory')
  assert.equal(
    (await reset(emailAuth(sid), mallory.token)).status,
    401,
    'the address is not that of the caller',
  )
  assert.equal((await reset(emailAuth(sid, asked.session))).status, 200)
  assert.equal((await reset(emailAuth(sid))).status, 401, 'the confirmation has been used up')
  assert.equal((await alice.call('GET', 'account/whoami')).status, 401)
  await logIn(http, { ...alice, password: 'another password' })
})

test('an address confirmed for one thing is good for nothing else', async (t) => {
  const { http, alice, ask, confirm, add, own } = await fixture(t)
  await own(alice)
  const { sid } = (await ask('register/email/requestToken', 'free@mail.test')).body
  await confirm()
  assert.equal((await add(alice, sid)).status, 400)
  for (const token of [alice.token, undefined]) {
    const body = { new_password: 'another password', auth: emailAuth(sid) }
    const answer = await request(http, 'POST', 'account/password', {
      body,
      ...(token !== undefined && { token }),
    })
    assert.equal(answer.status, 401)
  }
})

test('people register with an address, which then is theirs', async (t) => {
  const { http, ask, confirm } = await fixture(t)
  const body = { username: 'bob', password: 'correct horse' }
  const { session, flows } = (await request(http, 'POST', 'register', { body })).body
  assert.deepEqual(flows, [{ stages: ['m.login.dummy'] }, { stages: ['m.login.email.identity'] }])
  const { sid } = (await ask('register/email/requestToken', 'bob@mail.test')).body
  await confirm()
  const registered = await request(http, 'POST', 'register', {
    body: { ...body, auth: emailAuth(sid, session) },
  })
  assert.equal(registered.status, 200, JSON.stringify(registered.body))
  const bob = personOf(http, registered)
  assert.equal((await bob.call('GET', 'account/3pid')).body.threepids[0].address, 'bob@mail.test')
})

test('whether somebody has an address is told to its owner alone', async (t) => {
  const { peer, alice, ask, own } = await fixture(t)
  await own(alice)
  for (const [path, email, told] of [
    ['register/email/requestToken', address, /an account has it already/],
    ['account/password/email/requestToken', 'nobody@mail.test', /no account has this e-mail address/],
  ] as const) {
    const { status, body } = await ask(path, email, { client_secret: 'other' })
    assert.deepEqual([status, Object.keys(body)], [200, ['sid']])
    const { to, text } = await peer.next()
    assert.equal(to, email)
    assert.match(text, told)
    assert.doesNotMatch(text, /validate/)
  }
})

test('an address belongs to one account, and goes with it', async (t) => {
  const { here, http, alice, ask, confirm, add, own } = await fixture(t)
  const bob = await registerPerson(http, 'bob')
  const { sid } = (await ask('account/3pid/email/requestToken', address, { client_secret: 'bobs' })).body
  await confirm()
  await own(alice)
  const refused = await add(bob, sid, 'bobs')
  assert.deepEqual([refused.status, refused.body.errcode], [400, 'M_THREEPID_IN_USE'])
  await here.services.identity.deactivateAccount(alice.userId, false)
  assert.equal((await add(bob, sid, 'bobs')).status, 200)
})

test('malformed requests are refused, and so is all when no mail can be sent', async (t) => {
  const { http, ask } = await fixture(t)
  const path = 'register/email/requestToken'
  for (const [email, more, errcode] of [
    ['nobody', {}, 'M_INVALID_PARAM'],
    ['a@b@c', {}, 'M_INVALID_PARAM'],
    ['a@b.test\r\nBcc: c@d.test', {}, 'M_INVALID_PARAM'],
    ['a@b.test, c@d.test', {}, 'M_INVALID_PARAM'],
    [address, { client_secret: 'with space' }, 'M_INVALID_PARAM'],
    [address, { next_link: 'javascript:alert(1)' }, 'M_INVALID_PARAM'],
    [address, { id_server: 'id.test' }, 'M_SERVER_NOT_TRUSTED'],
  ] as const) {
    const { status, body } = await ask(path, email, more)
    assert.deepEqual([status, body.errcode], [400, errcode], email)
  }
  const unknown = await http.inject('/api/identity/v1/email/validate')
  assert.equal(unknown.statusCode, 400)
  const silent = await testApp(t)
  const body = { client_secret: 'secret', email: address, send_attempt: 1 }
  const refused = await request(silent.http, 'POST', path, { body })
  assert.deepEqual([refused.status, refused.body.errcode], [403, 'M_THREEPID_DENIED'])
})

test('an account has at most ten addresses', async (t) => {
  const { alice, ask, confirm, add, own } = await fixture(t)
  for (let i = 0; i < 10; i++) await own(alice, `${i}@mail.test`)
  const { sid } = (await ask('account/3pid/email/requestToken', 'more@mail.test')).body
  await confirm()
  const { status, body } = await add(alice, sid)
  assert.deepEqual([status, body.code], [400, 'identity.emails_too_many'])
})
