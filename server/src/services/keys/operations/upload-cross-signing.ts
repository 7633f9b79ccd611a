import type { Database, Tx } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { JsonObject } from '../../../platform/json.ts'
import { decodeBase64 } from '../../../platform/signed-json/base64.ts'
import { verifySignedJson } from '../../../platform/signed-json/signing.ts'
import type { Stream } from '../../../platform/stream/stream.ts'
import type { Identity } from '../../identity/api.ts'
import type { KeysSettings } from '../config.ts'
import { announce, lockPerson } from '../person.ts'
import { refuse } from '../refusals.ts'
import { canonicalText, sameContent, withOwnSignaturesOnly } from '../signed-object.ts'
import type { Usage } from './query-keys.ts'

export type CrossSigningKey = JsonObject & { user_id: string; usage: string[]; keys: Record<string, string> }
export type CrossSigningRequest = {
  userId: string
  keys: Partial<Record<Usage, CrossSigningKey>>
  /** Returns when the caller has proved who they are; asked only when keys would be replaced. */
  requireAuth(): Promise<void>
}

type Deps = {
  db: Database
  stream: Stream
  identity: Pick<Identity, 'devices'>
  settings: Pick<KeysSettings, 'keyBytesMax'>
}
type Given = { usage: Usage; publicKey: string; key: JsonObject }
type Stored = { usage: Usage; public_key: string; key: JsonObject }
type Outcome = { authNeeded: true } | { authNeeded: false; position: number | undefined }

/**
 * Publishes cross-signing keys. The first master key needs no proof of who is there, nor do keys that are
 * already published; anything else does.
 *
 * https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3keysdevice_signingupload
 */
export async function uploadCrossSigning(deps: Deps, request: CrossSigningRequest): Promise<void> {
  const given = Object.entries(request.keys).map(([usage, key]) =>
    checkedKey(usage as Usage, key, request.userId, deps.settings.keyBytesMax),
  )
  await refuseDeviceIds(deps, request.userId, given)
  let outcome = await publish(deps, request.userId, given, false)
  if (outcome.authNeeded) {
    await request.requireAuth()
    outcome = await publish(deps, request.userId, given, true)
  }
  if (!outcome.authNeeded && outcome.position !== undefined) deps.stream.committed(outcome.position)
}

function checkedKey(usage: Usage, key: CrossSigningKey, userId: string, bytesMax: number): Given {
  const [entry] = Object.entries(key.keys)
  if (key.user_id !== userId || !key.usage.includes(usage) || !entry)
    throw refuse('keys.key_invalid', `This is not a ${usage} key of the caller.`)
  const [keyId, publicKey] = entry
  if (keyId !== `ed25519:${publicKey}` || publicKey.includes('=') || decodeBase64(publicKey)?.length !== 32)
    throw refuse('keys.key_invalid', 'A cross-signing key is an ed25519 key under its own name.')
  const kept = withOwnSignaturesOnly(key, userId)
  canonicalText(kept, bytesMax)
  return { usage, publicKey, key: kept }
}

/** Device ids and public keys name keys in the same place, `ed25519:<name>`, so they may not meet. */
async function refuseDeviceIds(deps: Deps, userId: string, given: readonly Given[]): Promise<void> {
  const devices = (await deps.identity.devices([userId])).get(userId) ?? []
  if (devices.some(({ deviceId }) => given.some(({ publicKey }) => publicKey === deviceId)))
    throw refuse('keys.public_key_taken')
}

function publish(
  deps: Deps,
  userId: string,
  given: readonly Given[],
  authenticated: boolean,
): Promise<Outcome> {
  return deps.db.transaction(async (tx): Promise<Outcome> => {
    await lockPerson(tx, userId)
    const rows = await tx.rows<Stored>(sql`
      select usage, public_key, key from keys.cross_signing_key where user_id = ${userId}`)
    const stored = new Map(rows.map((row) => [row.usage, row]))
    const master = given.find(({ usage }) => usage === 'master')
    const masterKey = master?.publicKey ?? stored.get('master')?.public_key
    if (masterKey === undefined) throw refuse('keys.master_key_missing')
    for (const { usage, key } of given) {
      if (usage !== 'master' && !verifySignedJson(key, userId, `ed25519:${masterKey}`, masterKey))
        throw refuse('keys.signature_invalid', `The ${usage} key is not signed by the master key.`)
    }
    const masterReplaced = stored.get('master')?.public_key !== masterKey
    const fresh = given.filter(({ usage, key }) => masterReplaced || !isStored(stored.get(usage), key))
    if (fresh.length === 0) return { authNeeded: false, position: undefined }
    if (stored.has('master') && !authenticated) return { authNeeded: true }
    // The other keys of an old master key are not signed by the new one.
    const gone = rows.filter(({ usage }) => masterReplaced || fresh.some((key) => key.usage === usage))
    await replace(tx, userId, gone, fresh)
    return { authNeeded: false, position: await announce(tx, deps.stream, { people: [userId] }) }
  })
}

function isStored(stored: Stored | undefined, key: JsonObject): boolean {
  return stored !== undefined && sameContent(stored.key, key)
}

/** What was signed about a key that changed, and what a key has signed that is gone, is worth nothing any more. */
async function replace(
  tx: Tx,
  userId: string,
  gone: readonly Stored[],
  fresh: readonly Given[],
): Promise<void> {
  const targets = gone.map((key) => key.public_key)
  const signers = targets.filter((target) => !fresh.some(({ publicKey }) => publicKey === target))
  await tx.run(sql`
    delete from keys.cross_signing_key
    where user_id = ${userId} and usage = any(${gone.map(({ usage }) => usage)}::text[])`)
  await tx.run(sql`
    delete from keys.signature where user_id = ${userId} and (target = any(${targets}::text[])
      or (signer = ${userId} and key_id = any(${signers.map((signer) => `ed25519:${signer}`)}::text[])))`)
  for (const { usage, publicKey, key } of fresh) {
    await tx.run(sql`
      insert into keys.cross_signing_key (user_id, usage, public_key, key)
      values (${userId}, ${usage}, ${publicKey}, ${canonicalText(key, Number.POSITIVE_INFINITY)})`)
  }
}
