import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JsonObject } from '../../../platform/json.ts'
import { signJson } from '../../../platform/signed-json/signing.ts'
import { testApp } from '../../../platform/testing/app.ts'
import { logIn, type Person, registerPerson } from '../../identity/testing.ts'
import { testCrossSigning, testDevice, uploadCrossSigningKeys, uploadDevice } from '../testing.ts'

async function query(viewer: Person, { userId }: Person) {
  const { body } = await viewer.call('POST', 'keys/query', { device_keys: { [userId]: [] } })
  return { devices: body.device_keys[userId], master: body.master_keys[userId] }
}

async function failuresOf(signer: Person, objects: Record<string, Record<string, JsonObject>>) {
  const { status, body } = await signer.call('POST', 'keys/signatures/upload', objects)
  assert.equal(status, 200)
  const codes = Object.entries(body.failures).map(([userId, byKey]) => [
    userId,
    Object.fromEntries(Object.entries(Object(byKey)).map(([key, failure]) => [key, Object(failure).errcode])),
  ])
  return Object.fromEntries(codes)
}

test('signatures on own devices and on the own master key are seen by everybody', async (t) => {
  const { http } = await testApp(t)
  const alice = await registerPerson(http, 'alice')
  const bob = await registerPerson(http, 'bob')
  const device = await uploadDevice(alice)
  const { body, master, selfSigning } = await uploadCrossSigningKeys(alice)
  const signedDevice = signJson(device.keys, alice.userId, selfSigning)
  const signedMaster = signJson(body.master_key, alice.userId, device.signingKey)

  const objects = { [alice.userId]: { [alice.deviceId]: signedDevice, [master.publicKey]: signedMaster } }
  assert.deepEqual(await failuresOf(alice, objects), {})
  assert.deepEqual(await failuresOf(alice, objects), {}, 'sending them again is fine')

  for (const viewer of [alice, bob]) {
    const seen = await query(viewer, alice)
    assert.deepEqual(seen.devices[alice.deviceId], { ...signedDevice, unsigned: {} })
    assert.deepEqual(seen.master, signedMaster)
  }
})

test("a signature on another person's master key is seen by the signer only", async (t) => {
  const { http } = await testApp(t)
  const [alice, bob, carol] = [
    await registerPerson(http, 'alice'),
    await registerPerson(http, 'bob'),
    await registerPerson(http, 'carol'),
  ]
  const { userSigning } = await uploadCrossSigningKeys(alice)
  const { body, master } = await uploadCrossSigningKeys(bob)
  const signed = signJson(body.master_key, alice.userId, userSigning)

  assert.deepEqual(await failuresOf(alice, { [bob.userId]: { [master.publicKey]: signed } }), {})

  assert.deepEqual((await query(alice, bob)).master, signed)
  for (const viewer of [bob, carol]) assert.deepEqual((await query(viewer, bob)).master, body.master_key)
})

test('each key fails on its own, and the others are kept', async (t) => {
  const { http } = await testApp(t)
  const alice = await registerPerson(http, 'alice')
  const laptop = await logIn(http, alice)
  const [phoneKeys, laptopKeys] = [await uploadDevice(alice), await uploadDevice(laptop)]
  const { body, master, selfSigning, userSigning } = await uploadCrossSigningKeys(alice)
  const other = testCrossSigning(alice.userId, 'other')

  const failures = await failuresOf(alice, {
    [alice.userId]: {
      [alice.deviceId]: signJson(phoneKeys.keys, alice.userId, selfSigning),
      [laptop.deviceId]: signJson(laptopKeys.keys, alice.userId, userSigning),
      [master.publicKey]: signJson(body.master_key, alice.userId, other.selfSigning),
      NONE: signJson(phoneKeys.keys, alice.userId, selfSigning),
      [selfSigning.publicKey]: signJson(body.self_signing_key, alice.userId, master),
    },
    '@nobody:dure.test': { key: {} },
    'nul\0': { key: {} },
  })

  assert.deepEqual(failures, {
    [alice.userId]: {
      [laptop.deviceId]: 'M_INVALID_SIGNATURE',
      [master.publicKey]: 'M_INVALID_SIGNATURE',
      NONE: 'M_NOT_FOUND',
      [selfSigning.publicKey]: 'M_NOT_FOUND',
    },
    '@nobody:dure.test': { key: 'M_NOT_FOUND' },
    'nul\0': { key: 'M_NOT_FOUND' },
  })
  const { devices } = await query(alice, alice)
  const keyIds = Object.keys(devices[alice.deviceId].signatures[alice.userId])
  assert.deepEqual(keyIds.sort(), [phoneKeys.signingKey.id, selfSigning.id].sort())
})

test('an object that is not the published key is refused, however well it is signed', async (t) => {
  const { http } = await testApp(t)
  const alice = await registerPerson(http, 'alice')
  const device = await uploadDevice(alice)
  const { selfSigning } = await uploadCrossSigningKeys(alice)
  for (const changed of [
    { ...device.keys, algorithms: [] },
    { ...device.keys, float: 0.5 },
  ]) {
    const object = 'float' in changed ? changed : signJson(changed, alice.userId, selfSigning)
    assert.deepEqual(await failuresOf(alice, { [alice.userId]: { [alice.deviceId]: object } }), {
      [alice.userId]: { [alice.deviceId]: 'M_INVALID_PARAM' },
    })
  }
})

test('other keys than the user-signing key sign nothing of other people', async (t) => {
  const { http } = await testApp(t)
  const alice = await registerPerson(http, 'alice')
  const bob = await registerPerson(http, 'bob')
  const aliceDevice = await uploadDevice(alice)
  const bobDevice = await uploadDevice(bob)
  const bobKeys = await uploadCrossSigningKeys(bob)
  const target = { [bob.userId]: { [bobKeys.master.publicKey]: bobKeys.body.master_key } }
  assert.deepEqual(await failuresOf(alice, target), {
    [bob.userId]: { [bobKeys.master.publicKey]: 'M_NOT_FOUND' },
  })
  const aliceKeys = await uploadCrossSigningKeys(alice)

  for (const key of [aliceKeys.master, aliceKeys.selfSigning, aliceDevice.signingKey]) {
    const signed = signJson(bobKeys.body.master_key, alice.userId, key)
    assert.deepEqual(await failuresOf(alice, { [bob.userId]: { [bobKeys.master.publicKey]: signed } }), {
      [bob.userId]: { [bobKeys.master.publicKey]: 'M_INVALID_SIGNATURE' },
    })
  }
  const signedDevice = signJson(bobDevice.keys, alice.userId, aliceKeys.userSigning)
  assert.deepEqual(await failuresOf(alice, { [bob.userId]: { [bob.deviceId]: signedDevice } }), {
    [bob.userId]: { [bob.deviceId]: 'M_NOT_FOUND' },
  })
})

test('a signature under a good name that does not verify is refused', async (t) => {
  const { http } = await testApp(t)
  const alice = await registerPerson(http, 'alice')
  const device = await uploadDevice(alice)
  const { selfSigning } = await uploadCrossSigningKeys(alice)
  const forged = {
    ...device.keys,
    signatures: { [alice.userId]: { [selfSigning.id]: 'A'.repeat(86) } },
  }
  assert.deepEqual(await failuresOf(alice, { [alice.userId]: { [alice.deviceId]: forged } }), {
    [alice.userId]: { [alice.deviceId]: 'M_INVALID_SIGNATURE' },
  })
})

test('new device keys lose the signatures that were about the old ones', async (t) => {
  const { http } = await testApp(t)
  const alice = await registerPerson(http, 'alice')
  const device = await uploadDevice(alice)
  const { selfSigning } = await uploadCrossSigningKeys(alice)
  const signed = signJson(device.keys, alice.userId, selfSigning)
  await failuresOf(alice, { [alice.userId]: { [alice.deviceId]: signed } })
  const replaced = testDevice(alice, 'reinstalled')

  await alice.call('POST', 'keys/upload', { device_keys: replaced.keys })

  const { devices } = await query(alice, alice)
  assert.deepEqual(devices[alice.deviceId], { ...replaced.keys, unsigned: {} })
})
