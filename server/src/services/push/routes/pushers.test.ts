import assert from 'node:assert/strict'
import { test } from 'node:test'
import { waitingJobs } from '../../../platform/testing/jobs.ts'
import { until } from '../../../platform/testing/until.ts'
import { gatewayPeer } from '../pushers/testing.ts'
import { alice, bob, pushFixture } from '../testing.ts'

const pusher = {
  app_id: 'org.dure.phone',
  pushkey: '열쇠',
  kind: 'http',
  app_display_name: 'Dure',
  device_display_name: 'Phone',
  profile_tag: 'tag',
  lang: 'ko',
}

test('a pusher is shown as it was set, changed under its key, and deleted', async (t) => {
  const [{ request }] = (await pushFixture(t)).nodes
  const { url } = await gatewayPeer(t)
  const data = { url, format: 'event_id_only', 'org.example.own': { kept: true } }

  for (const lang of ['ko', 'id'])
    assert.deepEqual(await request(bob, 'POST', '/pushers/set', { ...pusher, lang, data }), {
      status: 200,
      body: {},
    })
  const { pushkey, app_id } = pusher
  assert.deepEqual((await request(bob, 'GET', '/pushers')).body, {
    pushers: [{ ...pusher, lang: 'id', data }],
  })
  assert.deepEqual((await request(alice, 'GET', '/pushers')).body, { pushers: [] })

  for (let i = 0; i < 2; i++)
    assert.equal((await request(bob, 'POST', '/pushers/set', { pushkey, app_id, kind: null })).status, 200)
  assert.deepEqual((await request(bob, 'GET', '/pushers')).body, { pushers: [] })
})

test('whoever sets a pusher for a device takes it over from others, unless they say append', async (t) => {
  const { nodes, db } = await pushFixture(t)
  const [{ request, push }] = nodes
  const { url } = await gatewayPeer(t)
  const set = (userId: string, given: object) =>
    request(userId, 'POST', '/pushers/set', { ...pusher, data: { url }, ...given })
  const count = async (userId: string) => (await push.pushers.of(userId)).length

  await set(alice, {})
  await set(bob, { append: true })
  assert.deepEqual([await count(alice), await count(bob)], [1, 1])

  await set(bob, {})
  await until(async () => (await waitingJobs(db, 'push.pushkey_taken')).length === 0)
  assert.deepEqual([await count(alice), await count(bob)], [0, 1])
})

test('the pushers of sessions that have ended are gone, those of others stay', async (t) => {
  const [{ push }] = (await pushFixture(t)).nodes
  const { url } = await gatewayPeer(t)
  const own = {
    appId: 'a',
    kind: 'http',
    appDisplayName: '',
    deviceDisplayName: '',
    profileTag: null,
    lang: '',
  } as const
  for (const deviceId of ['ONE', 'TWO', 'THREE'])
    await push.pushers.set({
      owner: { userId: bob, deviceId },
      pusher: { ...own, pushkey: deviceId, data: { url } },
      append: true,
    })

  await push.pushers.forgetDevices(alice, ['TWO'])
  await push.pushers.forgetDevices(bob, ['ONE', 'THREE'])

  assert.deepEqual(
    (await push.pushers.of(bob)).map(({ pushkey }) => pushkey),
    ['TWO'],
  )
  await push.forgetUser(bob)
  assert.deepEqual(await push.pushers.of(bob), [])
})

test('a pusher that is not as it should be is refused, and says why', async (t) => {
  const [{ request }] = (await pushFixture(t)).nodes
  const { url } = await gatewayPeer(t)
  const good = { ...pusher, data: { url } }
  const at = (given: string) => ({ ...good, data: { url: given } })
  const { lang: _, ...incomplete } = good
  for (const [body, errcode] of [
    [{ ...good, kind: 'email' }, 'M_INVALID_PARAM'],
    [incomplete, 'M_MISSING_PARAM'],
    [{ ...good, data: {} }, 'M_MISSING_PARAM'],
    [{ ...good, app_id: 'x'.repeat(65) }, 'M_INVALID_PARAM'],
    [{ ...good, pushkey: '열'.repeat(171) }, 'M_INVALID_PARAM'],
    [{ ...good, pushkey: '' }, 'M_INVALID_PARAM'],
    [{ ...good, lang: 'x'.repeat(513) }, 'M_INVALID_PARAM'],
    [{ ...good, data: { url, more: 'x'.repeat(8192) } }, 'M_INVALID_PARAM'],
    [at('no url'), 'M_INVALID_PARAM'],
    [at('https://gateway.example/elsewhere'), 'M_INVALID_PARAM'],
    [at('http://8.8.8.8/_matrix/push/v1/notify'), 'M_INVALID_PARAM'],
    [at('https://127.0.0.2/_matrix/push/v1/notify'), 'M_INVALID_PARAM'],
    [at('https://[::1]/_matrix/push/v1/notify'), 'M_INVALID_PARAM'],
    [at('https://user:secret@8.8.8.8/_matrix/push/v1/notify'), 'M_INVALID_PARAM'],
    [at('ftp://8.8.8.8/_matrix/push/v1/notify'), 'M_INVALID_PARAM'],
  ] as const) {
    const answer = await request(bob, 'POST', '/pushers/set', body)
    assert.deepEqual(
      [answer.status, answer.body['errcode']],
      [400, errcode],
      JSON.stringify(body).slice(0, 200),
    )
  }
  const longest = { ...good, app_id: 'x'.repeat(64), pushkey: 'x'.repeat(512), lang: 'x'.repeat(512) }
  assert.equal((await request(bob, 'POST', '/pushers/set', longest)).status, 200)
})

test('a person has a hundred pushers and no more', async (t) => {
  const [{ request }] = (await pushFixture(t)).nodes
  const { url } = await gatewayPeer(t)
  const set = (pushkey: string) =>
    request(bob, 'POST', '/pushers/set', { ...pusher, pushkey, data: { url }, append: true })
  for (let i = 0; i < 100; i++) assert.equal((await set(`key ${i}`)).status, 200)

  assert.equal((await set('key 7')).status, 200)
  const { status, body } = await set('one more')
  assert.deepEqual([status, body['errcode']], [400, 'M_TOO_LARGE'])
})
