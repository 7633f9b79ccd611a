import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { JsonObject } from '../../../platform/json.ts'
import type { Device, Identity } from '../../identity/api.ts'
import { addSignatures } from '../signed-object.ts'

export type QueryResult = {
  device_keys: Record<string, Record<string, JsonObject>>
  master_keys: Record<string, JsonObject>
  self_signing_keys: Record<string, JsonObject>
  user_signing_keys: Record<string, JsonObject>
}
export type Usage = 'master' | 'self_signing' | 'user_signing'

type Deps = { db: Database; identity: Pick<Identity, 'devices'> }
type DeviceRow = { user_id: string; device_id: string; keys: JsonObject }
type CrossSigningRow = { user_id: string; usage: Usage; public_key: string; key: JsonObject }
type SignatureRow = { user_id: string; target: string; signer: string; key_id: string; signature: string }

/**
 * The keys of people and their devices as `viewer` may see them; `wanted` names the devices of each person, none meaning
 * all. Signatures are shown that their owner made, and those that the viewer made, never those of third people.
 *
 * https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3keysquery
 */
export async function queryKeys(
  deps: Deps,
  viewer: string,
  wanted: ReadonlyMap<string, readonly string[]>,
): Promise<QueryResult> {
  const userIds = [...wanted.keys()]
  const [devices, deviceRows, crossSigningRows, signatureRows] = await Promise.all([
    deps.identity.devices(userIds),
    deps.db.rows<DeviceRow>(sql`
      select user_id, device_id, keys from keys.device where user_id = any(${userIds}::text[])`),
    deps.db.rows<CrossSigningRow>(sql`
      select user_id, usage, public_key, key from keys.cross_signing_key
      where user_id = any(${userIds}::text[]) and (usage <> 'user_signing' or user_id = ${viewer})`),
    deps.db.rows<SignatureRow>(sql`
      select user_id, target, signer, key_id, signature from keys.signature
      where user_id = any(${userIds}::text[]) and (signer = user_id or signer = ${viewer})`),
  ])
  const sign = signWith(signatureRows)
  const result: QueryResult = {
    device_keys: {},
    master_keys: {},
    self_signing_keys: {},
    user_signing_keys: {},
  }
  const existing = new Map([...devices].map(([userId, list]) => [userId, byId(list)]))
  // A person without keys is known all the same; one that does not exist is left out.
  for (const userId of userIds) if (existing.get(userId)?.size) result.device_keys[userId] = {}
  for (const row of deviceRows) {
    const device = existing.get(row.user_id)?.get(row.device_id)
    const chosen = wanted.get(row.user_id) ?? []
    const shown = result.device_keys[row.user_id]
    if (!device || !shown || (chosen.length > 0 && !chosen.includes(row.device_id))) continue
    shown[row.device_id] = { ...sign(row.user_id, row.device_id, row.keys), unsigned: unsignedOf(device) }
  }
  for (const { user_id: userId, usage, public_key: publicKey, key } of crossSigningRows) {
    result[`${usage}_keys`][userId] = usage === 'master' ? sign(userId, publicKey, key) : key
  }
  return result
}

function signWith(rows: readonly SignatureRow[]) {
  const byTarget = Map.groupBy(rows, (row) => `${row.user_id}\n${row.target}`)
  return (userId: string, target: string, object: JsonObject): JsonObject =>
    (byTarget.get(`${userId}\n${target}`) ?? []).reduce(
      (signed, row) => addSignatures(signed, row.signer, { [row.key_id]: row.signature }),
      object,
    )
}

function byId(devices: readonly Device[]): Map<string, Device> {
  return new Map(devices.map((device) => [device.deviceId, device]))
}

function unsignedOf({ displayName }: Device): JsonObject {
  return displayName === undefined ? {} : { device_display_name: displayName }
}
