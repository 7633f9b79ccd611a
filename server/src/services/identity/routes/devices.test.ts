import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testApp } from '../../../platform/testing/app.ts'
import { createTestClock } from '../../../platform/testing/clock.ts'
import { logIn, type Person, registerPerson, request } from '../testing.ts'

const auth = ({ password }: Person) => ({ type: 'm.login.password', password })

test('a person sees and names their own devices', async (t) => {
  const { http } = await testApp(t)
  const alice = await registerPerson(http, 'alice', { device_id: 'PHONE' })
  await logIn(http, alice, { device_id: 'TV', initial_device_display_name: 'Living room' })
  assert.deepEqual((await alice.call('GET', 'devices')).body, {
    devices: [{ device_id: 'PHONE' }, { device_id: 'TV', display_name: 'Living room' }],
  })
  assert.deepEqual((await alice.call('PUT', 'devices/TV', { display_name: 'Kitchen' })).body, {})
  assert.deepEqual((await alice.call('PUT', 'devices/TV', {})).body, {})
  assert.deepEqual((await alice.call('GET', 'devices/TV')).body, { device_id: 'TV', display_name: 'Kitchen' })
})

test('devices that are unknown or of somebody else are not found', async (t) => {
  const { http } = await testApp(t)
  const alice = await registerPerson(http, 'alice', { device_id: 'PHONE' })
  const bob = await registerPerson(http, 'bob', { device_id: 'BOBS' })
  for (const device of ['BOBS', 'NONE']) {
    for (const method of ['GET', 'PUT'] as const) {
      const { status, body } = await alice.call(
        method,
        `devices/${device}`,
        method === 'PUT' ? {} : undefined,
      )
      assert.deepEqual([status, body.errcode], [404, 'M_NOT_FOUND'])
    }
  }
  const deleted = await alice.call('DELETE', 'devices/BOBS', { auth: auth(alice) })
  assert.deepEqual([deleted.status, deleted.body], [200, {}])
  await alice.call('POST', 'delete_devices', { devices: ['BOBS'], auth: auth(alice) })
  assert.equal((await bob.call('GET', 'devices/BOBS')).status, 200)
})

test('devices are deleted with their tokens, after proof', async (t) => {
  const { http } = await testApp(t)
  const alice = await registerPerson(http, 'alice')
  const [one, two, three] = [await logIn(http, alice), await logIn(http, alice), await logIn(http, alice)]
  const asked = await alice.call('DELETE', `devices/${one.deviceId}`)
  assert.equal(asked.status, 401)
  assert.equal((await one.call('GET', 'account/whoami')).status, 200)
  const { session } = asked.body
  const done = await alice.call('DELETE', `devices/${one.deviceId}`, { auth: { ...auth(alice), session } })
  assert.deepEqual([done.status, done.body], [200, {}])
  assert.equal((await one.call('GET', 'account/whoami')).status, 401)
  const elsewhere = await alice.call('DELETE', `devices/${two.deviceId}`, { auth: { session } })
  assert.equal(elsewhere.status, 401, 'the proof was for the other device')

  const devices = [two.deviceId, three.deviceId, 'NONE']
  const bulk = await alice.call('POST', 'delete_devices', { devices, auth: auth(alice) })
  assert.deepEqual([bulk.status, bulk.body], [200, {}])
  for (const person of [two, three]) assert.equal((await person.call('GET', 'account/whoami')).status, 401)
  assert.equal((await alice.call('GET', 'devices')).body.devices.length, 1)
})

test('names and lists that do not fit are refused', async (t) => {
  const { http } = await testApp(t)
  const alice = await registerPerson(http, 'alice', { device_id: 'PHONE' })
  const cases: [method: 'GET' | 'PUT' | 'POST' | 'DELETE', path: string, body: unknown, errcode: string][] = [
    ['PUT', 'devices/PHONE', { display_name: 1 }, 'M_BAD_JSON'],
    ['PUT', 'devices/PHONE', { display_name: 'x'.repeat(256) }, 'M_BAD_JSON'],
    ['PUT', 'devices/PHONE', { display_name: '\0' }, 'M_BAD_JSON'],
    ['PUT', 'devices/PHONE', '[]', 'M_BAD_JSON'],
    ['GET', 'devices/%00', undefined, 'M_INVALID_PARAM'],
    ['DELETE', 'devices/%00', { auth: auth(alice) }, 'M_INVALID_PARAM'],
    ['POST', 'delete_devices', {}, 'M_MISSING_PARAM'],
    ['POST', 'delete_devices', { devices: 'PHONE' }, 'M_BAD_JSON'],
    ['POST', 'delete_devices', { devices: [1] }, 'M_BAD_JSON'],
    ['POST', 'delete_devices', { devices: ['\0'] }, 'M_BAD_JSON'],
  ]
  for (const [method, path, body, errcode] of cases) {
    const refused = await alice.call(method, path, body)
    assert.deepEqual(
      [refused.status, refused.body.errcode],
      [400, errcode],
      `${path} ${JSON.stringify(body)}`,
    )
  }
})

test('when and where a device was seen is written for many requests at once', async (t) => {
  const clock = createTestClock()
  const { http, platform } = await testApp(t, { clock })
  const alice = await registerPerson(http, 'alice', { device_id: 'PHONE' })
  const seen = async () => (await alice.call('GET', 'devices/PHONE')).body.last_seen_ts
  const start = clock.now()
  assert.equal(await seen(), undefined)
  await clock.advance(60_000)
  await written(platform, start)
  assert.equal((await alice.call('GET', 'devices/PHONE')).body.last_seen_ip, '127.0.0.1')
  await clock.advance(120_000)
  assert.equal(await seen(), start, 'not written again for some minutes')
  await clock.advance(180_000)
  await seen()
  await clock.advance(60_000)
  await written(platform, start + 360_000)
})

type Platform = Awaited<ReturnType<typeof testApp>>['platform']

/** Waits until the flush has reached the database, as another connection sees it. */
async function written({ db }: Platform, expected: number): Promise<void> {
  const deadline = Date.now() + 5000
  for (;;) {
    const [row] = await db.rows<{ at: number | null }>({
      kind: 'sql',
      text: 'select last_seen_at_ms as at from identity.device',
      values: [],
    })
    if (row?.at === expected) return
    assert(Date.now() < deadline, `last seen ${row?.at}, not ${expected}`)
  }
}

test('a guest may see and name its device, and not delete it', async (t) => {
  const { http } = await testApp(t)
  const guest = await request(http, 'POST', 'register?kind=guest', { body: {} })
  const { access_token: token, device_id: deviceId } = guest.body
  assert.equal(
    (await request(http, 'PUT', `devices/${deviceId}`, { token, body: { display_name: 'x' } })).status,
    200,
  )
  assert.equal((await request(http, 'GET', 'devices', { token })).status, 200)
  const refused = await request(http, 'DELETE', `devices/${deviceId}`, { token })
  assert.deepEqual([refused.status, refused.body.errcode], [403, 'M_GUEST_ACCESS_FORBIDDEN'])
})
