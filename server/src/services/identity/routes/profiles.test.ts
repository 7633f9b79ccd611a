import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testApp } from '../../../platform/testing/app.ts'
import { registerPerson, request } from '../testing.ts'

test('profiles are seen by anybody and changed by their owner', async (t) => {
  const { http } = await testApp(t)
  const alice = await registerPerson(http, 'alice')
  const own = `profile/${alice.userId}`
  const fields = {
    displayname: 'Alice 👋',
    avatar_url: 'mxc://dure.test/abc_-1',
    'm.tz': 'Asia/Seoul',
    'org.example.pets': [{ name: 'Nabi' }, null],
    'org.example.nothing': null,
  }
  for (const [key, value] of Object.entries(fields))
    assert.deepEqual((await alice.call('PUT', `${own}/${key}`, { [key]: value })).body, {}, key)
  assert.deepEqual((await request(http, 'GET', own)).body, fields)
  for (const [key, value] of Object.entries(fields))
    assert.deepEqual((await request(http, 'GET', `${own}/${key}`)).body, { [key]: value })

  assert.deepEqual((await alice.call('DELETE', `${own}/m.tz`)).body, {})
  assert.deepEqual((await alice.call('DELETE', `${own}/m.tz`)).body, {})
  const gone = await request(http, 'GET', `${own}/m.tz`)
  assert.deepEqual([gone.status, gone.body.errcode], [404, 'M_NOT_FOUND'])
})

test('an empty display name or avatar takes it away', async (t) => {
  const { http } = await testApp(t)
  const alice = await registerPerson(http, 'alice')
  await alice.call('PUT', `profile/${alice.userId}/displayname`, { displayname: '' })
  assert.equal((await request(http, 'GET', `profile/${alice.userId}/displayname`)).status, 404)
  assert.equal((await request(http, 'GET', `profile/${alice.userId}`)).status, 404)
})

test('nobody changes the profile of another person', async (t) => {
  const { http } = await testApp(t)
  const alice = await registerPerson(http, 'alice')
  const bob = await registerPerson(http, 'bob')
  for (const method of ['PUT', 'DELETE'] as const) {
    const path = `profile/${alice.userId}/displayname`
    const body = method === 'PUT' ? { displayname: 'Mallory' } : undefined
    const foreign = await bob.call(method, path, body)
    assert.deepEqual([foreign.status, foreign.body.errcode], [403, 'M_FORBIDDEN'])
    const nobody = await request(http, method, path, { body })
    assert.deepEqual([nobody.status, nobody.body.errcode], [401, 'M_MISSING_TOKEN'])
  }
  assert.equal((await request(http, 'GET', `profile/${alice.userId}`)).body.displayname, 'alice')
})

test('guests change their display name and nothing else', async (t) => {
  const { http } = await testApp(t)
  const guest = await request(http, 'POST', 'register?kind=guest', { body: {} })
  const { user_id: userId, access_token: token } = guest.body
  const put = (key: string, value: string) =>
    request(http, 'PUT', `profile/${userId}/${key}`, { token, body: { [key]: value } })
  assert.equal((await put('displayname', 'Passer-by')).status, 200)
  assert.equal((await put('avatar_url', 'mxc://dure.test/a')).body.errcode, 'M_GUEST_ACCESS_FORBIDDEN')
  const kept = await request(http, 'DELETE', `profile/${userId}/m.tz`, { token })
  assert.equal(kept.body.errcode, 'M_GUEST_ACCESS_FORBIDDEN')
  assert.equal((await request(http, 'DELETE', `profile/${userId}/displayname`, { token })).status, 200)
})

test('fields and values that do not fit are refused', async (t) => {
  const { http } = await testApp(t)
  const alice = await registerPerson(http, 'alice')
  const long = `org.${'x'.repeat(252)}`
  const cases: [key: string, body: unknown, errcode: string][] = [
    ['displayname', {}, 'M_MISSING_PARAM'],
    ['displayname', { avatar_url: 'mxc://a/b' }, 'M_MISSING_PARAM'],
    ['displayname', { displayname: 'A', more: 1 }, 'M_BAD_JSON'],
    ['displayname', { displayname: 1 }, 'M_BAD_JSON'],
    ['displayname', { displayname: null }, 'M_BAD_JSON'],
    ['displayname', { displayname: 'x'.repeat(257) }, 'M_BAD_JSON'],
    ['displayname', '[]', 'M_BAD_JSON'],
    ['displayname', '"A"', 'M_BAD_JSON'],
    ['displayname', '{', 'M_NOT_JSON'],
    ['avatar_url', { avatar_url: 'https://example.org/a.png' }, 'M_BAD_JSON'],
    ['avatar_url', { avatar_url: 'mxc://dure.test/../a' }, 'M_BAD_JSON'],
    ['m.tz', { 'm.tz': 'Middle/Earth' }, 'M_BAD_JSON'],
    ['m.tz', { 'm.tz': '+09:00' }, 'M_BAD_JSON'],
    ['m.tz', { 'm.tz': 9 }, 'M_BAD_JSON'],
    ['plain', { plain: 1 }, 'M_INVALID_PARAM'],
    ['Org.Example', { 'Org.Example': 1 }, 'M_INVALID_PARAM'],
    ['org.example%00', { 'org.example\0': 1 }, 'M_INVALID_PARAM'],
    ['__proto__', '{"__proto__":1}', 'M_INVALID_PARAM'],
    [long, { [long]: 1 }, 'M_KEY_TOO_LARGE'],
    ['org.example', { 'org.example': 'x'.repeat(65_536) }, 'M_PROFILE_TOO_LARGE'],
  ]
  for (const [key, body, errcode] of cases) {
    const refused = await alice.call('PUT', `profile/${alice.userId}/${key}`, body)
    assert.deepEqual(
      [refused.status, refused.body.errcode],
      [400, errcode],
      `${key} ${JSON.stringify(body).slice(0, 50)}`,
    )
  }
  assert.equal((await alice.call('DELETE', `profile/${alice.userId}/plain`)).body.errcode, 'M_INVALID_PARAM')
  assert.equal(
    (await alice.call('DELETE', `profile/${alice.userId}/${long}`)).body.errcode,
    'M_KEY_TOO_LARGE',
  )
  assert.deepEqual((await request(http, 'GET', `profile/${alice.userId}`)).body, { displayname: 'alice' })
})

test('a whole profile stays below 64 KiB', async (t) => {
  const { http } = await testApp(t)
  const alice = await registerPerson(http, 'alice')
  const put = async (key: string, length: number) =>
    (await alice.call('PUT', `profile/${alice.userId}/${key}`, { [key]: 'x'.repeat(length) })).body.errcode
  assert.equal(await put('org.a', 30_000), undefined)
  assert.equal(await put('org.b', 30_000), undefined)
  assert.equal(await put('org.c', 10_000), 'M_PROFILE_TOO_LARGE')
  assert.equal(await put('org.a', 10_000), undefined)
  assert.equal(await put('org.c', 10_000), undefined)
})

test('people who do not exist have no profile, and what is no user id is refused', async (t) => {
  const { http } = await testApp(t)
  for (const userId of ['@nobody:dure.test', '@alice:elsewhere.test', '@constructor:dure.test']) {
    for (const path of [`profile/${userId}`, `profile/${userId}/displayname`]) {
      const { status, body } = await request(http, 'GET', path)
      assert.deepEqual([status, body.errcode], [404, 'M_NOT_FOUND'], path)
    }
  }
  for (const userId of ['alice', '@alice', '@alice:', '@a%00:dure.test', `@${'a'.repeat(255)}:dure.test`]) {
    const { status, body } = await request(http, 'GET', `profile/${userId}`)
    assert.deepEqual([status, body.errcode], [400, 'M_INVALID_PARAM'], userId)
  }
})
