import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from '../../../platform/db/sql.ts'
import { testApp, testNodes } from '../../../platform/testing/app.ts'
import { type Person, personOf, registerPerson } from '../../identity/testing.ts'
import { testDevice, uploadDevice } from '../testing.ts'
import { forgetClaimedKeys } from './forget.ts'

const algorithm = 'signed_curve25519'

/** The key that a claim got, by its name. */
async function claim(claimer: Person, { userId, deviceId }: Person): Promise<Record<string, unknown>> {
  const { status, body } = await claimer.call('POST', 'keys/claim', {
    one_time_keys: { [userId]: { [deviceId]: algorithm } },
  })
  assert.equal(status, 200)
  return body.one_time_keys[userId]?.[deviceId] ?? {}
}

test('parallel claims on two nodes never get the same key, and get all there are', async (t) => {
  const nodes = await testNodes(t, 2)
  const [here, there] = nodes
  assert(here && there)
  const alice = await registerPerson(here.http, 'alice')
  const bob = await registerPerson(here.http, 'bob')
  const bobThere = personOf(there.http, {
    status: 200,
    headers: {},
    body: { user_id: bob.userId, device_id: bob.deviceId, access_token: bob.token },
  })
  const keys = testDevice(alice).oneTimeKeys(60)
  await uploadDevice(alice, { one_time_keys: keys })

  const claims = Array.from({ length: 80 }, (_, n) => claim(n % 2 ? bob : bobThere, alice))
  const claimed = (await Promise.all(claims)).flatMap((found) => Object.entries(found))

  assert.equal(claimed.length, 60)
  assert.deepEqual(Object.fromEntries(claimed), keys)
})

test('keys are given out in the order of their uploads', async (t) => {
  const { http } = await testApp(t)
  const alice = await registerPerson(http, 'alice')
  const bob = await registerPerson(http, 'bob')
  const device = testDevice(alice)
  // Later names are uploaded first, so that the order of names is not mistaken for it.
  for (const first of [20, 10, 0]) {
    await alice.call('POST', 'keys/upload', { one_time_keys: device.oneTimeKeys(2, first) })
  }

  const order: number[] = []
  for (let i = 0; i < 6; i++) order.push(Number(Object.keys(await claim(bob, alice))[0]?.slice(-4)))
  assert.deepEqual(
    order.map((n) => Math.floor(n / 10)),
    [2, 2, 1, 1, 0, 0],
  )
})

test('a key that was claimed does not come back when its upload is repeated', async (t) => {
  const { http, platform } = await testApp(t)
  const alice = await registerPerson(http, 'alice')
  const bob = await registerPerson(http, 'bob')
  const upload = { one_time_keys: testDevice(alice).oneTimeKeys(1) }
  await alice.call('POST', 'keys/upload', upload)
  assert.deepEqual(await claim(bob, alice), upload.one_time_keys)

  const again = await alice.call('POST', 'keys/upload', upload)
  assert.deepEqual(again.body, { one_time_key_counts: { signed_curve25519: 0 } })
  assert.deepEqual(await claim(bob, alice), {})

  await forgetClaimedKeys(platform, platform.clock.now() + 1)
  assert.deepEqual(await platform.db.rows(sql`select from keys.one_time_key`), [])
})

test('the id of a claimed key may name a new key', async (t) => {
  const { http } = await testApp(t)
  const alice = await registerPerson(http, 'alice')
  const bob = await registerPerson(http, 'bob')
  await alice.call('POST', 'keys/upload', { one_time_keys: testDevice(alice).oneTimeKeys(1) })
  await claim(bob, alice)
  const other = testDevice(alice, 'reinstalled').oneTimeKeys(1)

  const { body } = await alice.call('POST', 'keys/upload', { one_time_keys: other })

  assert.deepEqual(body, { one_time_key_counts: { signed_curve25519: 1 } })
  assert.deepEqual(await claim(bob, alice), other)
})

test('the fallback key is given when no other is left, again and again until it is replaced', async (t) => {
  const { http, services, platform } = await testApp(t)
  const alice = await registerPerson(http, 'alice')
  const bob = await registerPerson(http, 'bob')
  const device = testDevice(alice)
  const [oneTime, fallback, next] = [
    device.oneTimeKeys(1),
    device.fallbackKey('F1'),
    device.fallbackKey('F2'),
  ]
  const upload = (fallback_keys: unknown) => alice.call('POST', 'keys/upload', { fallback_keys })
  const unused = async () => {
    await platformCaughtUp()
    return (await services.keys.counts(alice.userId, alice.deviceId)).unusedFallbackTypes
  }
  const platformCaughtUp = async () => {
    const { stream } = platform
    await stream.reached(await stream.head(), AbortSignal.timeout(5000))
  }
  await alice.call('POST', 'keys/upload', { one_time_keys: oneTime, fallback_keys: fallback })
  assert.deepEqual(await unused(), [algorithm])

  assert.deepEqual(await claim(bob, alice), oneTime)
  assert.deepEqual(await unused(), [algorithm])
  assert.deepEqual(await claim(bob, alice), fallback)
  assert.deepEqual(await claim(bob, alice), fallback)
  assert.deepEqual(await unused(), [])

  await upload(fallback)
  assert.deepEqual(await unused(), [], 'a key that was used is not fresh because it is sent again')
  await upload(next)
  assert.deepEqual(await unused(), [algorithm])
  assert.deepEqual(await claim(bob, alice), next)
})

test('whoever has no key of the algorithm, or does not exist, is left out', async (t) => {
  const { http } = await testApp(t)
  const alice = await registerPerson(http, 'alice')
  await uploadDevice(alice, { one_time_keys: testDevice(alice).oneTimeKeys(1) })
  const { status, body } = await alice.call('POST', 'keys/claim', {
    one_time_keys: {
      [alice.userId]: { [alice.deviceId]: 'curve25519', NONE: algorithm, 'NUL\0': algorithm },
      '@nobody:dure.test': { NONE: algorithm },
    },
  })
  assert.deepEqual([status, body], [200, { one_time_keys: {}, failures: {} }])
})
