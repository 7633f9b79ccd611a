import assert from 'node:assert/strict'
import { test } from 'node:test'
import { signJson } from '../../../platform/signed-json/signing.ts'
import { testApp, testNodes } from '../../../platform/testing/app.ts'
import { logIn, registerPerson } from '../../identity/testing.ts'
import { testDevice, uploadCrossSigningKeys, uploadDevice } from '../testing.ts'

test('device keys are given to others as they were uploaded, with the name of the device', async (t) => {
  const [here, there] = await testNodes(t, 2)
  assert(here && there)
  const alice = await registerPerson(here.http, 'alice', { initial_device_display_name: 'Phone' })
  const bob = await registerPerson(there.http, 'bob')
  const device = await uploadDevice(alice)

  const { status, body } = await bob.call('POST', 'keys/query', { device_keys: { [alice.userId]: [] } })

  assert.equal(status, 200)
  assert.deepEqual(body, {
    device_keys: {
      [alice.userId]: { [alice.deviceId]: { ...device.keys, unsigned: { device_display_name: 'Phone' } } },
    },
    master_keys: {},
    self_signing_keys: {},
    user_signing_keys: {},
    failures: {},
  })
})

test('a query names people and devices, and leaves out whoever does not exist', async (t) => {
  const { http } = await testApp(t)
  const alice = await registerPerson(http, 'alice')
  const laptop = await logIn(http, alice)
  for (const device of [alice, laptop]) await uploadDevice(device)
  const devicesIn = async (device_keys: Record<string, string[]>) => {
    const { body } = await alice.call('POST', 'keys/query', { device_keys })
    return Object.fromEntries(
      Object.entries(body.device_keys).map(([userId, devices]) => [
        userId,
        Object.keys(Object(devices)).sort(),
      ]),
    )
  }

  assert.deepEqual(await devicesIn({ [alice.userId]: [] }), {
    [alice.userId]: [alice.deviceId, laptop.deviceId].sort(),
  })
  assert.deepEqual(await devicesIn({ [alice.userId]: [laptop.deviceId, 'NONE'] }), {
    [alice.userId]: [laptop.deviceId],
  })
  assert.deepEqual(await devicesIn({ '@nobody:dure.test': [], '@nul\0:dure.test': [], nonsense: [] }), {})
})

test('servers that cannot be asked are named as failures', async (t) => {
  const { http } = await testApp(t)
  const alice = await registerPerson(http, 'alice')
  const query = await alice.call('POST', 'keys/query', { device_keys: { '@bob:far.example': [] } })
  const claim = await alice.call('POST', 'keys/claim', { one_time_keys: { '@bob:far.example': { D: 'x' } } })
  for (const { status, body } of [query, claim]) {
    assert.equal(status, 200)
    assert.deepEqual(Object.keys(body.failures), ['far.example'])
  }
})

test('keys of another person or device, or not signed by the device, are refused', async (t) => {
  const { http } = await testApp(t)
  const alice = await registerPerson(http, 'alice')
  const bob = await registerPerson(http, 'bob')
  const { keys, signingKey } = testDevice(alice)
  const upload = (device_keys: unknown) => alice.call('POST', 'keys/upload', { device_keys })

  for (const stranger of [
    { ...alice, userId: bob.userId },
    { ...alice, deviceId: 'OTHER' },
  ]) {
    const { status, body } = await upload(testDevice(stranger).keys)
    assert.deepEqual([status, body.errcode], [400, 'M_BAD_JSON'])
  }
  const forged = await upload({ ...keys, algorithms: [] })
  assert.deepEqual([forged.status, forged.body.errcode], [400, 'M_INVALID_SIGNATURE'])
  const nameless = await upload(signJson({ ...keys, keys: {} }, alice.userId, signingKey))
  assert.deepEqual([nameless.status, nameless.body.errcode], [400, 'M_INVALID_PARAM'])
  const malformed = await upload({ ...keys, algorithms: 'm.olm' })
  assert.deepEqual([malformed.status, malformed.body.errcode], [400, 'M_BAD_JSON'])

  const { body } = await bob.call('POST', 'keys/query', { device_keys: { [alice.userId]: [] } })
  assert.deepEqual(body.device_keys, { [alice.userId]: {} })
})

test('signatures of other people and additions that nobody signed are not handed on', async (t) => {
  const { http } = await testApp(t)
  const alice = await registerPerson(http, 'alice')
  const bob = await registerPerson(http, 'bob')
  const { keys } = testDevice(alice)
  const foreign = signJson(keys, bob.userId, testDevice(bob).signingKey)

  await alice.call('POST', 'keys/upload', { device_keys: { ...foreign, unsigned: { lie: true } } })

  const { body } = await bob.call('POST', 'keys/query', { device_keys: { [alice.userId]: [] } })
  assert.deepEqual(body.device_keys[alice.userId][alice.deviceId], { ...keys, unsigned: {} })
})

test('a device whose id is the public key of a cross-signing key gets no keys', async (t) => {
  const { http, services } = await testApp(t)
  const alice = await registerPerson(http, 'alice')
  const { master } = await uploadCrossSigningKeys(alice)
  const device = testDevice({ ...alice, deviceId: master.publicKey })

  // Identity gives no such device id, so this begins behind the route.
  const upload = services.keys.upload({
    ...device.owner,
    deviceKeys: device.keys,
    oneTimeKeys: {},
    fallbackKeys: {},
  })

  await assert.rejects(upload, { code: 'keys.public_key_taken', status: 403, errcode: 'M_FORBIDDEN' })
})

test('a session without a device has no keys', async (t) => {
  const { services } = await testApp(t)
  const request = { deviceKeys: undefined, oneTimeKeys: {}, fallbackKeys: {} }
  const upload = services.keys.upload({ ...request, userId: '@alice:dure.test', deviceId: undefined })
  await assert.rejects(upload, { code: 'keys.device_missing', status: 403 })
})

test('one-time keys are counted, and sending the same ones again changes nothing', async (t) => {
  const { http } = await testApp(t)
  const alice = await registerPerson(http, 'alice')
  const device = testDevice(alice)
  const upload = async (body: unknown) => (await alice.call('POST', 'keys/upload', body)).body

  assert.deepEqual(await upload({}), { one_time_key_counts: { signed_curve25519: 0 } })
  const keys = { one_time_keys: { ...device.oneTimeKeys(3), 'curve25519:plain': 'a key' } }
  const counts = { one_time_key_counts: { curve25519: 1, signed_curve25519: 3 } }
  assert.deepEqual(await upload(keys), counts)
  assert.deepEqual(await upload(keys), counts)
})

test('another one-time key under a known id is refused with everything that came along', async (t) => {
  const { http } = await testApp(t)
  const alice = await registerPerson(http, 'alice')
  const device = testDevice(alice)
  await alice.call('POST', 'keys/upload', { one_time_keys: device.oneTimeKeys(2) })
  const others = testDevice(alice, 'reinstalled').oneTimeKeys(2, 1)

  const { status, body } = await alice.call('POST', 'keys/upload', { one_time_keys: others })

  assert.deepEqual([status, body.errcode], [400, 'M_UNKNOWN'])
  assert.match(
    body.error,
    /^One time key signed_curve25519:AAAA0001 already exists\. Old key: \{.*\}; new key: \{/,
  )
  const after = await alice.call('POST', 'keys/upload', {})
  assert.deepEqual(after.body.one_time_key_counts, { signed_curve25519: 2 })
})

test('a device with a new identity begins with new one-time keys', async (t) => {
  const { http } = await testApp(t)
  const alice = await registerPerson(http, 'alice')
  const device = await uploadDevice(alice)
  await alice.call('POST', 'keys/upload', {
    one_time_keys: device.oneTimeKeys(5),
    fallback_keys: device.fallbackKey('F'),
  })
  const reinstalled = testDevice(alice, 'reinstalled')

  const { status, body } = await alice.call('POST', 'keys/upload', {
    device_keys: reinstalled.keys,
    one_time_keys: reinstalled.oneTimeKeys(3),
  })

  assert.deepEqual([status, body], [200, { one_time_key_counts: { signed_curve25519: 3 } }])
})

test('key names, forms, sizes and numbers have limits', async (t) => {
  const { http } = await testApp(t, { environment: { DURE_KEYS_ONE_TIME_KEYS_MAX: '50' } })
  const alice = await registerPerson(http, 'alice')
  const device = testDevice(alice)
  const upload = async (body: unknown) => {
    const answer = await alice.call('POST', 'keys/upload', body)
    return [answer.status, answer.body.errcode]
  }
  const key = { key: 'x', signatures: {} }

  assert.deepEqual(await upload({ one_time_keys: { nameless: key } }), [400, 'M_INVALID_PARAM'])
  assert.deepEqual(await upload({ one_time_keys: { 'a:b\0': key } }), [400, 'M_INVALID_PARAM'])
  assert.deepEqual(await upload({ one_time_keys: { 'signed_curve25519:a': 'bare' } }), [
    400,
    'M_INVALID_PARAM',
  ])
  assert.deepEqual(await upload({ one_time_keys: { 'a:\nb': { key: 'x' } } }), [400, 'M_BAD_JSON'])
  assert.deepEqual(await upload({ one_time_keys: { 'a:b': { ...key, n: 1.5 } } }), [400, 'M_INVALID_PARAM'])
  assert.deepEqual(await upload({ one_time_keys: { 'a:b': 'x'.repeat(20_000) } }), [413, 'M_TOO_LARGE'])
  assert.deepEqual(await upload({ fallback_keys: { 'a:b': key, 'a:c': key } }), [400, 'M_INVALID_PARAM'])
  assert.deepEqual(await upload({ one_time_keys: device.oneTimeKeys(51) }), [413, 'M_TOO_LARGE'])
  assert.deepEqual(await upload({ one_time_keys: device.oneTimeKeys(50) }), [200, undefined])
})
