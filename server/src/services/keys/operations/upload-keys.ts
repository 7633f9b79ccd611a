import type { Database, Tx } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import { isJsonObject, type JsonObject } from '../../../platform/json.ts'
import { canonicalJson } from '../../../platform/signed-json/canonical-json.ts'
import { verifySignedJson } from '../../../platform/signed-json/signing.ts'
import type { Stream } from '../../../platform/stream/stream.ts'
import type { KeysSettings } from '../config.ts'
import { announce, lockPerson } from '../person.ts'
import { refuse } from '../refusals.ts'
import { canonicalText, sameContent, withOwnSignaturesOnly } from '../signed-object.ts'
import { readCounts } from './read-counts.ts'

export type UploadRequest = {
  userId: string
  /** Undefined for sessions without a device, which can have no keys. */
  deviceId: string | undefined
  deviceKeys: DeviceKeys | undefined
  /** By `<algorithm>:<key id>`. */
  oneTimeKeys: Record<string, string | JsonObject>
  fallbackKeys: Record<string, string | JsonObject>
}
export type DeviceKeys = JsonObject & { user_id: string; device_id: string; keys: Record<string, string> }

type Deps = {
  db: Database
  stream: Stream
  settings: Pick<KeysSettings, 'keyBytesMax' | 'oneTimeKeysMax'>
}
type Device = { userId: string; deviceId: string }
type NamedKey = { name: string; algorithm: string; keyId: string; text: string }

/**
 * Publishes a device's keys and gives the number of its unclaimed one-time keys per algorithm. The same upload sent again
 * changes nothing: a one-time key is known by its id, also after it was claimed, and a fallback key that
 * was used stays used.
 *
 * https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3keysupload
 */
export async function uploadKeys(deps: Deps, request: UploadRequest): Promise<Record<string, number>> {
  const { userId, deviceId } = request
  if (deviceId === undefined) throw refuse('keys.device_missing')
  const device = { userId, deviceId }
  const { keyBytesMax } = deps.settings
  const deviceKeys = request.deviceKeys && checkedDeviceKeys(request.deviceKeys, device, keyBytesMax)
  const oneTimeKeys = namedKeys(request.oneTimeKeys, keyBytesMax)
  const fallbackKeys = namedKeys(request.fallbackKeys, keyBytesMax)
  if (new Set(fallbackKeys.map(({ algorithm }) => algorithm)).size < fallbackKeys.length)
    throw refuse('keys.key_invalid', 'There can be one fallback key per algorithm only.')

  const { position, counts } = await deps.db.transaction(async (tx) => {
    const identityChanged = deviceKeys !== undefined && (await putDeviceKeys(tx, device, deviceKeys))
    const stored = await putOneTimeKeys(tx, device, oneTimeKeys)
    const replaced = await putFallbackKeys(tx, device, fallbackKeys)
    const [counts] = await readCounts({ db: tx }, [device])
    const total = Object.values(counts?.oneTimeKeys ?? {}).reduce((sum, count) => sum + count, 0)
    if (stored > 0 && total > deps.settings.oneTimeKeysMax) throw refuse('keys.one_time_keys_too_many')
    if (!identityChanged && stored + replaced === 0) return { position: undefined, counts }
    const position = await announce(tx, deps.stream, {
      people: identityChanged ? [userId] : [],
      stocks: [device],
    })
    return { position, counts }
  })
  if (position !== undefined) deps.stream.committed(position)
  return counts?.oneTimeKeys ?? {}
}

function checkedDeviceKeys(given: DeviceKeys, { userId, deviceId }: Device, bytesMax: number): JsonObject {
  if (given.user_id !== userId || given.device_id !== deviceId) throw refuse('keys.device_mismatch')
  const keyId = `ed25519:${deviceId}`
  const publicKey = Object.hasOwn(given.keys, keyId) ? given.keys[keyId] : undefined
  if (publicKey === undefined) throw refuse('keys.key_invalid', `The device keys lack ${keyId}.`)
  if (!verifySignedJson(given, userId, keyId, publicKey)) throw refuse('keys.signature_invalid')
  const kept = withOwnSignaturesOnly(given, userId)
  canonicalText(kept, bytesMax)
  return kept
}

function namedKeys(keys: Record<string, string | JsonObject>, bytesMax: number): NamedKey[] {
  return Object.entries(keys).map(([name, key]) => {
    const { algorithm, keyId } =
      /^(?<algorithm>[^:\0]{1,255}):(?<keyId>[^\0]{1,255})$/s.exec(name)?.groups ?? {}
    if (algorithm === undefined || keyId === undefined)
      throw refuse('keys.key_invalid', 'A key is named <algorithm>:<key id>.')
    if (algorithm === 'signed_curve25519' && typeof key === 'string')
      throw refuse('keys.key_invalid', 'A signed_curve25519 key must be signed.')
    return { name, algorithm, keyId, text: canonicalText(key, bytesMax) }
  })
}

/** True if the keys are other than before. */
async function putDeviceKeys(tx: Tx, { userId, deviceId }: Device, keys: JsonObject): Promise<boolean> {
  await lockPerson(tx, userId)
  const taken = await tx.run(sql`
    select from keys.cross_signing_key where user_id = ${userId} and public_key = ${deviceId}`)
  if (taken > 0) throw refuse('keys.public_key_taken')

  const text = canonicalText(keys, Number.POSITIVE_INFINITY)
  const [before] = await tx.rows<{ keys: JsonObject; text: string }>(sql`
    select keys, keys::text as text from keys.device where user_id = ${userId} and device_id = ${deviceId}`)
  if (before?.text === text) return false
  if (before) await dropWhatIsFalse(tx, { userId, deviceId }, before.keys, keys)
  await tx.run(sql`
    insert into keys.device (user_id, device_id, keys) values (${userId}, ${deviceId}, ${text})
    on conflict (user_id, device_id) do update set keys = excluded.keys`)
  return true
}

/** Signatures about other content are false now; one-time keys signed by another identity are worthless. */
async function dropWhatIsFalse(
  tx: Tx,
  { userId, deviceId }: Device,
  before: JsonObject,
  now: JsonObject,
): Promise<void> {
  if (sameContent(before, now)) return
  await tx.run(sql`delete from keys.signature where user_id = ${userId} and target = ${deviceId}`)
  if (identityText(before) === identityText(now)) return
  await tx.run(sql`delete from keys.one_time_key where user_id = ${userId} and device_id = ${deviceId}`)
  await tx.run(sql`delete from keys.fallback_key where user_id = ${userId} and device_id = ${deviceId}`)
}

function identityText({ keys }: JsonObject): string {
  return isJsonObject(keys) ? canonicalJson(keys) : ''
}

/**
 * The number of keys that were new. A key that was claimed stays claimed, but its id may name another key. Refuses
 * with `keys.one_time_key_exists` when an id is that of another key which waits to be claimed.
 */
async function putOneTimeKeys(tx: Tx, device: Device, keys: readonly NamedKey[]): Promise<number> {
  if (keys.length === 0) return 0
  const stored = await tx.rows<{ name: string }>(sql`
    insert into keys.one_time_key as stored (user_id, device_id, algorithm, key_id, key)
    select ${device.userId}, ${device.deviceId}, algorithm, key_id, text::json from unnest(
      ${keys.map(({ algorithm }) => algorithm)}::text[], ${keys.map(({ keyId }) => keyId)}::text[],
      ${keys.map(({ text }) => text)}::text[]
    ) as given (algorithm, key_id, text)
    order by algorithm, key_id
    on conflict (user_id, device_id, algorithm, key_id)
      do update set key = excluded.key, ordinal = excluded.ordinal, claimed_at_ms = null
      where stored.claimed_at_ms is not null and stored.key::text <> excluded.key::text
    returning algorithm || ':' || key_id as name`)
  const names = new Set(stored.map(({ name }) => name))
  await refuseOtherKeys(
    tx,
    device,
    keys.filter(({ name }) => !names.has(name)),
  )
  return stored.length
}

async function refuseOtherKeys(tx: Tx, device: Device, known: readonly NamedKey[]): Promise<void> {
  if (known.length === 0) return
  const [other] = await tx.rows<{ name: string; before: string; now: string }>(sql`
    select given.algorithm || ':' || given.key_id as name, stored.key::text as before, given.text as now from unnest(
      ${known.map(({ algorithm }) => algorithm)}::text[], ${known.map(({ keyId }) => keyId)}::text[],
      ${known.map(({ text }) => text)}::text[]
    ) as given (algorithm, key_id, text)
    join keys.one_time_key stored on stored.user_id = ${device.userId} and stored.device_id = ${device.deviceId}
      and stored.algorithm = given.algorithm and stored.key_id = given.key_id
    where stored.key::text <> given.text and stored.claimed_at_ms is null
    limit 1`)
  if (!other) return
  throw refuse(
    'keys.one_time_key_exists',
    `One time key ${other.name} already exists. Old key: ${other.before}; new key: ${other.now}`,
  )
}

async function putFallbackKeys(tx: Tx, device: Device, keys: readonly NamedKey[]): Promise<number> {
  if (keys.length === 0) return 0
  return tx.run(sql`
    insert into keys.fallback_key as stored (user_id, device_id, algorithm, key_id, key, used)
    select ${device.userId}, ${device.deviceId}, algorithm, key_id, text::json, false from unnest(
      ${keys.map(({ algorithm }) => algorithm)}::text[], ${keys.map(({ keyId }) => keyId)}::text[],
      ${keys.map(({ text }) => text)}::text[]
    ) as given (algorithm, key_id, text)
    order by algorithm
    on conflict (user_id, device_id, algorithm)
      do update set key_id = excluded.key_id, key = excluded.key, used = false
      where stored.key_id <> excluded.key_id or stored.key::text <> excluded.key::text`)
}
