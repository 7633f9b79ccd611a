import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testApp } from '../../../platform/testing/app.ts'
import { registerPerson, request } from '../../identity/testing.ts'

const room = encodeURIComponent('!room:dure.test')

test('account data is put, read and replaced, apart for the account and each room', async (t) => {
  const { http } = await testApp(t)
  const alice = await registerPerson(http, 'alice')
  const own = `user/${alice.userId}`
  assert.deepEqual((await alice.call('PUT', `${own}/account_data/org.example`, { a: [1, null] })).body, {})
  await alice.call('PUT', `${own}/rooms/${room}/account_data/org.example`, { a: 2 })
  assert.deepEqual((await alice.call('GET', `${own}/account_data/org.example`)).body, { a: [1, null] })
  assert.deepEqual((await alice.call('GET', `${own}/rooms/${room}/account_data/org.example`)).body, { a: 2 })
  await alice.call('PUT', `${own}/account_data/org.example`, {})
  assert.deepEqual((await alice.call('GET', `${own}/account_data/org.example`)).body, {})

  const missing = await alice.call('GET', `${own}/rooms/${room}/account_data/other`)
  assert.deepEqual([missing.status, missing.body.errcode], [404, 'M_NOT_FOUND'])
  assert.equal((await alice.call('GET', `${own}/account_data/other`)).status, 404)
})

test('nobody reaches the account data of another person', async (t) => {
  const { http } = await testApp(t)
  const alice = await registerPerson(http, 'alice')
  const bob = await registerPerson(http, 'bob')
  const guest = await request(http, 'POST', 'register?kind=guest', { body: {} })
  const paths = [
    ['GET', 'account_data/a'],
    ['PUT', 'account_data/a'],
    ['GET', `rooms/${room}/account_data/a`],
    ['PUT', `rooms/${room}/account_data/a`],
    ['GET', `rooms/${room}/tags`],
    ['PUT', `rooms/${room}/tags/u.work`],
    ['DELETE', `rooms/${room}/tags/u.work`],
  ] as const
  for (const [method, path] of paths) {
    const body = method === 'PUT' ? {} : undefined
    const url = `user/${alice.userId}/${path}`
    const foreign = await bob.call(method, url, body)
    assert.deepEqual([foreign.status, foreign.body.errcode], [403, 'M_FORBIDDEN'], url)
    const nobody = await request(http, method, url, { body })
    assert.deepEqual([nobody.status, nobody.body.errcode], [401, 'M_MISSING_TOKEN'], url)
    const asGuest = await request(http, method, url, { body, token: guest.body.access_token })
    assert.deepEqual([asGuest.status, asGuest.body.errcode], [403, 'M_GUEST_ACCESS_FORBIDDEN'], url)
  }
})

test('types that the server keeps itself cannot be written', async (t) => {
  const { http } = await testApp(t)
  const alice = await registerPerson(http, 'alice')
  for (const type of ['m.fully_read', 'm.push_rules']) {
    for (const place of ['account_data', `rooms/${room}/account_data`]) {
      const refused = await alice.call('PUT', `user/${alice.userId}/${place}/${type}`, {})
      assert.deepEqual([refused.status, refused.body.errcode], [405, 'M_BAD_JSON'], `${place} ${type}`)
    }
  }
})

test('bodies and names that do not fit are refused', async (t) => {
  const { http } = await testApp(t)
  const alice = await registerPerson(http, 'alice')
  const own = `user/${alice.userId}`
  const cases: [path: string, body: unknown, status: number, errcode: string][] = [
    [`${own}/account_data/a`, '[]', 400, 'M_BAD_JSON'],
    [`${own}/account_data/a`, '"text"', 400, 'M_BAD_JSON'],
    [`${own}/account_data/a`, '{', 400, 'M_NOT_JSON'],
    [`${own}/account_data/a`, '{"a":1,"a":2}', 400, 'M_BAD_JSON'],
    [`${own}/account_data/a%00`, {}, 400, 'M_INVALID_PARAM'],
    [`${own}/account_data/${'a'.repeat(256)}`, {}, 400, 'M_INVALID_PARAM'],
    [`${own}/account_data/a`, { a: 'x'.repeat(600_000) }, 413, 'M_TOO_LARGE'],
    [`${own}/rooms/room/account_data/a`, {}, 400, 'M_INVALID_PARAM'],
    [`${own}/rooms/${room}%00/account_data/a`, {}, 400, 'M_INVALID_PARAM'],
    [`${own}/rooms/room/tags/u.work`, {}, 400, 'M_INVALID_PARAM'],
    [`${own}/rooms/${room}/tags/${'é'.repeat(128)}`, {}, 400, 'M_INVALID_PARAM'],
    [`${own}/rooms/${room}/tags/u.work`, { order: 'first' }, 400, 'M_BAD_JSON'],
    [`${own}/rooms/${room}/tags/u.work`, { order: 2 }, 400, 'M_BAD_JSON'],
    [`${own}/rooms/${room}/tags/u.work`, '[]', 400, 'M_BAD_JSON'],
  ]
  for (const [path, body, status, errcode] of cases) {
    const refused = await alice.call('PUT', path, body)
    assert.deepEqual(
      [refused.status, refused.body.errcode],
      [status, errcode],
      `${path} ${JSON.stringify(body).slice(0, 40)}`,
    )
  }
  for (const path of [`${own}/rooms/room/tags`, `${own}/rooms/room/account_data/a`])
    assert.equal((await alice.call('GET', path)).body.errcode, 'M_INVALID_PARAM')
})

test('content may hold any JSON, also what PostgreSQL text cannot', async (t) => {
  const { http } = await testApp(t)
  const alice = await registerPerson(http, 'alice')
  const content = { 'nul\0': '\0', float: 0.1, deep: { __proto__x: [] }, emoji: '👋' }
  await alice.call('PUT', `user/${alice.userId}/account_data/a`, content)
  assert.deepEqual((await alice.call('GET', `user/${alice.userId}/account_data/a`)).body, content)
})

test('rooms are tagged, and the tags are the content of m.tag', async (t) => {
  const { http } = await testApp(t)
  const alice = await registerPerson(http, 'alice')
  const tags = `user/${alice.userId}/rooms/${room}/tags`
  assert.deepEqual((await alice.call('GET', tags)).body, { tags: {} })
  assert.deepEqual((await alice.call('PUT', `${tags}/m.favourite`, { order: 0.25 })).body, {})
  await alice.call('PUT', `${tags}/u.work`, { 'org.example': true })
  const expected = { tags: { 'm.favourite': { order: 0.25 }, 'u.work': { 'org.example': true } } }
  assert.deepEqual((await alice.call('GET', tags)).body, expected)
  assert.deepEqual(
    (await alice.call('GET', `user/${alice.userId}/rooms/${room}/account_data/m.tag`)).body,
    expected,
  )
  assert.deepEqual((await alice.call('DELETE', `${tags}/u.work`)).body, {})
  assert.deepEqual((await alice.call('DELETE', `${tags}/u.work`)).body, {})
  assert.deepEqual(Object.keys((await alice.call('GET', tags)).body.tags), ['m.favourite'])
})
