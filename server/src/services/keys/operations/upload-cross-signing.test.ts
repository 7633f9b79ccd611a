import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JsonObject } from '../../../platform/json.ts'
import { createSigningKey, signJson } from '../../../platform/signed-json/signing.ts'
import { testApp } from '../../../platform/testing/app.ts'
import { type Answer, type Person, registerPerson } from '../../identity/testing.ts'
import { testCrossSigning, uploadCrossSigningKeys, uploadDevice } from '../testing.ts'
import { type CrossSigningKey, uploadCrossSigning } from './upload-cross-signing.ts'

function upload(person: Person, body: JsonObject): Promise<Answer> {
  return person.call('POST', 'keys/device_signing/upload', body)
}

/** Uploads with the password, as a client does when it is asked for it. */
async function uploadWithPassword(person: Person, body: JsonObject): Promise<Answer> {
  const challenge = await upload(person, body)
  assert.equal(challenge.status, 401)
  return upload(person, {
    ...body,
    auth: {
      type: 'm.login.password',
      session: challenge.body.session,
      identifier: { type: 'm.id.user', user: person.userId },
      password: person.password,
    },
  })
}

async function seenBy(viewer: Person, { userId }: Person) {
  const { body } = await viewer.call('POST', 'keys/query', { device_keys: { [userId]: [] } })
  return {
    master: body.master_keys[userId],
    selfSigning: body.self_signing_keys[userId],
    userSigning: body.user_signing_keys[userId],
  }
}

test('the first keys need no password; others see all but the user-signing key', async (t) => {
  const { http } = await testApp(t)
  const alice = await registerPerson(http, 'alice')
  const bob = await registerPerson(http, 'bob')
  const { body } = testCrossSigning(alice.userId)

  const answer = await upload(alice, body)

  assert.deepEqual([answer.status, answer.body], [200, {}])
  const expected = { master: body.master_key, selfSigning: body.self_signing_key }
  assert.deepEqual(await seenBy(bob, alice), { ...expected, userSigning: undefined })
  assert.deepEqual(await seenBy(alice, alice), { ...expected, userSigning: body.user_signing_key })
})

test('the same keys again, whole or in part, need no password', async (t) => {
  const { http } = await testApp(t)
  const alice = await registerPerson(http, 'alice')
  const { body } = await uploadCrossSigningKeys(alice)
  const { master_key, self_signing_key } = body
  for (const same of [body, { master_key }, { master_key, self_signing_key }]) {
    assert.equal((await upload(alice, same)).status, 200)
  }
})

test('replacing keys needs the password, and the session of it serves nothing else', async (t) => {
  const { http } = await testApp(t)
  const alice = await registerPerson(http, 'alice')
  const first = await uploadCrossSigningKeys(alice)
  const second = testCrossSigning(alice.userId, 'second')
  const third = testCrossSigning(alice.userId, 'third')

  const challenge = await upload(alice, second.body)
  assert.equal(challenge.status, 401)
  assert(Array.isArray(challenge.body.flows))
  assert.deepEqual((await seenBy(alice, alice)).master, first.body.master_key)
  const auth = {
    type: 'm.login.password',
    session: challenge.body.session,
    identifier: { type: 'm.id.user', user: alice.userId },
    password: alice.password,
  }
  const misused = await upload(alice, { ...third.body, auth })
  assert.notEqual(misused.status, 200)
  const wrong = await upload(alice, { ...second.body, auth: { ...auth, password: 'a guess' } })
  assert.equal(wrong.status, 401)

  assert.equal((await uploadWithPassword(alice, second.body)).status, 200)
  assert.deepEqual((await seenBy(alice, alice)).master, second.body.master_key)
})

test('a new key beside a known master key needs the password too', async (t) => {
  const { http } = await testApp(t)
  const alice = await registerPerson(http, 'alice')
  const keys = testCrossSigning(alice.userId)
  const { master_key, self_signing_key } = keys.body
  assert.equal((await upload(alice, { master_key })).status, 200)

  const answer = await uploadWithPassword(alice, { self_signing_key })

  assert.equal(answer.status, 200)
  assert.deepEqual(await seenBy(alice, alice), {
    master: master_key,
    selfSigning: self_signing_key,
    userSigning: undefined,
  })
})

test('a new master key takes the old self-signing and user-signing keys and the signatures away', async (t) => {
  const { http } = await testApp(t)
  const alice = await registerPerson(http, 'alice')
  const device = await uploadDevice(alice)
  const first = await uploadCrossSigningKeys(alice)
  const signatures = {
    [alice.userId]: {
      [alice.deviceId]: signJson(device.keys, alice.userId, first.selfSigning),
      [first.master.publicKey]: signJson(first.body.master_key, alice.userId, device.signingKey),
    },
  }
  const signed = await alice.call('POST', 'keys/signatures/upload', signatures)
  assert.deepEqual(signed.body, { failures: {} })
  const { master_key } = testCrossSigning(alice.userId, 'second').body

  assert.equal((await uploadWithPassword(alice, { master_key })).status, 200)

  assert.deepEqual(await seenBy(alice, alice), {
    master: master_key,
    selfSigning: undefined,
    userSigning: undefined,
  })
  const { body } = await alice.call('POST', 'keys/query', { device_keys: { [alice.userId]: [] } })
  assert.deepEqual(body.device_keys[alice.userId][alice.deviceId], { ...device.keys, unsigned: {} })
})

test('keys without a master key, badly signed, or not of the caller are refused', async (t) => {
  const { http } = await testApp(t)
  const alice = await registerPerson(http, 'alice')
  const { body, master } = testCrossSigning(alice.userId)
  const other = testCrossSigning(alice.userId, 'other')
  const stranger = testCrossSigning('@bob:dure.test')
  const refused = async (given: JsonObject) => {
    const answer = await upload(alice, given)
    return [answer.status, answer.body.errcode]
  }
  const { master_key, self_signing_key, user_signing_key } = body
  const [keyId] = Object.keys(Object(master_key['keys']))

  assert.deepEqual(await refused({ self_signing_key }), [400, 'M_MISSING_PARAM'])
  assert.deepEqual(await refused({}), [400, 'M_MISSING_PARAM'])
  const wronglySigned = { master_key, self_signing_key: other.body.self_signing_key }
  assert.deepEqual(await refused(wronglySigned), [400, 'M_INVALID_SIGNATURE'])
  const { signatures: _, ...unsigned } = user_signing_key
  assert.deepEqual(await refused({ master_key, user_signing_key: unsigned }), [400, 'M_INVALID_SIGNATURE'])
  assert.deepEqual(await refused(stranger.body), [400, 'M_INVALID_PARAM'])
  assert.deepEqual(await refused({ master_key: self_signing_key }), [400, 'M_INVALID_PARAM'])
  const named = { ...master_key, keys: { 'ed25519:name': master.publicKey } }
  assert.deepEqual(await refused({ master_key: named }), [400, 'M_INVALID_PARAM'])
  const short = { ...master_key, keys: { 'ed25519:AAAA': 'AAAA' } }
  assert.deepEqual(await refused({ master_key: short }), [400, 'M_INVALID_PARAM'])
  const two = { ...master_key, keys: { [String(keyId)]: master.publicKey, 'ed25519:AAAA': 'AAAA' } }
  assert.deepEqual(await refused({ master_key: two }), [400, 'M_BAD_JSON'])
  const large = { ...master_key, more: 'x'.repeat(20_000) }
  assert.deepEqual(await refused({ master_key: large }), [413, 'M_TOO_LARGE'])
  assert.deepEqual((await seenBy(alice, alice)).master, undefined)
})

test('a public key that is the id of a device is refused', async (t) => {
  const { platform } = await testApp(t)
  const userId = '@alice:dure.test'
  const { publicKey } = createSigningKey('master', Buffer.alloc(32, 1))
  const master: CrossSigningKey = {
    user_id: userId,
    usage: ['master'],
    keys: { [`ed25519:${publicKey}`]: publicKey },
  }
  const device = {
    deviceId: publicKey,
    displayName: undefined,
    lastSeenAtMs: undefined,
    lastSeenIp: undefined,
  }
  // Identity gives no such device id any more; a device may be older than that rule.
  const identity = { devices: async () => new Map([[userId, [device]]]) }

  const uploading = uploadCrossSigning(
    { ...platform, identity, settings: { keyBytesMax: 10_000 } },
    { userId, keys: { master }, requireAuth: () => Promise.resolve() },
  )

  await assert.rejects(uploading, { code: 'keys.public_key_taken', status: 403 })
})

test('of two first uploads at once, the loser is asked for the password', async (t) => {
  const { http } = await testApp(t)
  const alice = await registerPerson(http, 'alice')
  const answers = await Promise.all(
    ['one', 'two', 'three'].map((label) => upload(alice, testCrossSigning(alice.userId, label).body)),
  )
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 401, 401])
})
