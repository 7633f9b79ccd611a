import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import type { JsonObject } from '../../platform/json.ts'
import { encodeBase64 } from '../../platform/signed-json/base64.ts'
import { createSigningKey, type SigningKey, signJson } from '../../platform/signed-json/signing.ts'
import type { Person } from '../identity/testing.ts'
import type { DeviceKeys } from './operations/upload-keys.ts'

type Owner = Pick<Person, 'userId' | 'deviceId'>

/** A device as its client sees it: with the private half of its identity. */
export type TestDevice = {
  owner: Owner
  signingKey: SigningKey
  /** Signed device keys. */
  keys: DeviceKeys
  /** Signed one-time keys by name, numbered from `first`. */
  oneTimeKeys(count: number, first?: number): Record<string, JsonObject>
  fallbackKey(id: string): Record<string, JsonObject>
}

/** The three cross-signing keys of a person, with their private halves. */
export type TestCrossSigning = {
  master: SigningKey
  selfSigning: SigningKey
  userSigning: SigningKey
  /** As uploaded: self-signing and user-signing key signed by the master key. */
  body: { master_key: JsonObject; self_signing_key: JsonObject; user_signing_key: JsonObject }
}

/** Equal labels give equal keys. */
export function testDevice(owner: Owner, label = owner.deviceId): TestDevice {
  const { userId, deviceId } = owner
  const signingKey: SigningKey = {
    ...createSigningKey('device', seed(`${userId} ${label}`)),
    id: `ed25519:${deviceId}`,
  }
  const sign = <T extends JsonObject>(object: T) => signJson(object, userId, signingKey)
  const oneTimeKey = (id: string) => sign({ key: encodeBase64(seed(`${userId} ${label} ${id}`)) })
  return {
    owner,
    signingKey,
    keys: sign({
      user_id: userId,
      device_id: deviceId,
      algorithms: ['m.olm.v1.curve25519-aes-sha2', 'm.megolm.v1.aes-sha2'],
      keys: {
        [`curve25519:${deviceId}`]: encodeBase64(seed(`${userId} ${label} curve`)),
        [`ed25519:${deviceId}`]: signingKey.publicKey,
      },
    }),
    oneTimeKeys: (count, first = 0) =>
      Object.fromEntries(
        Array.from({ length: count }, (_, n) => `AAAA${String(first + n).padStart(4, '0')}`).map((id) => [
          `signed_curve25519:${id}`,
          oneTimeKey(id),
        ]),
      ),
    fallbackKey: (id) => ({
      [`signed_curve25519:${id}`]: sign({
        key: encodeBase64(seed(`${userId} ${label} ${id}`)),
        fallback: true,
      }),
    }),
  }
}

/** Equal labels give equal keys. */
export function testCrossSigning(userId: string, label = 'first'): TestCrossSigning {
  const key = (usage: string) => ownName(createSigningKey(usage, seed(`${userId} ${label} ${usage}`)))
  const [master, selfSigning, userSigning] = [key('master'), key('self_signing'), key('user_signing')]
  const object = (usage: string, { id, publicKey }: SigningKey): JsonObject => ({
    user_id: userId,
    usage: [usage],
    keys: { [id]: publicKey },
  })
  return {
    master,
    selfSigning,
    userSigning,
    body: {
      master_key: object('master', master),
      self_signing_key: signJson(object('self_signing', selfSigning), userId, master),
      user_signing_key: signJson(object('user_signing', userSigning), userId, master),
    },
  }
}

/** Makes the device of a person who is logged in, and uploads its keys. */
export async function uploadDevice(person: Person, extra: JsonObject = {}): Promise<TestDevice> {
  const device = testDevice(person)
  const answer = await person.call('POST', 'keys/upload', { device_keys: device.keys, ...extra })
  assert.equal(answer.status, 200, JSON.stringify(answer.body))
  return device
}

/** Uploads the first cross-signing keys of a person. */
export async function uploadCrossSigningKeys(person: Person): Promise<TestCrossSigning> {
  const keys = testCrossSigning(person.userId)
  const answer = await person.call('POST', 'keys/device_signing/upload', keys.body)
  assert.equal(answer.status, 200, JSON.stringify(answer.body))
  return keys
}

function ownName(key: SigningKey): SigningKey {
  return { ...key, id: `ed25519:${key.publicKey}` }
}

function seed(label: string): Buffer {
  return createHash('sha256').update(label).digest()
}
