import type { Database, Tx } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import { isJsonObject, type JsonObject, ownValue } from '../../../platform/json.ts'
import { verifySignedJson } from '../../../platform/signed-json/signing.ts'
import type { Stream } from '../../../platform/stream/stream.ts'
import { announce, lockPerson } from '../person.ts'
import { sameContent, signaturesBy } from '../signed-object.ts'
import type { Usage } from './query-keys.ts'

/** Signed keys by owner and by device id or public key. */
export type SignedObjects = Record<string, Record<string, JsonObject>>
export type SignatureFailure = { errcode: string; error: string }
export type SignatureFailures = Record<string, Record<string, SignatureFailure>>

type Deps = { db: Database; stream: Stream }
type Verified = { userId: string; target: string; keyId: string; signature: string }
type Verdict = Verified[] | SignatureFailure

/** The public keys that the signer and the owners of the signed keys have just now. */
type Known = {
  devices: Map<string, JsonObject>
  master: Map<string, { publicKey: string; key: JsonObject }>
  selfSigning: string | undefined
  userSigning: string | undefined
}

/**
 * Adds the signer's signatures to keys, each on its own: what fails is told and the rest is kept. Accepted are signatures
 * of the signer's self-signing key on the signer's devices, of the signer's devices on the signer's master key, and
 * of the signer's user-signing key on other people's master keys.
 *
 * https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3keyssignaturesupload
 */
export async function uploadSignatures(
  deps: Deps,
  signer: string,
  objects: SignedObjects,
): Promise<SignatureFailures> {
  const { failures, position } = await deps.db.transaction(async (tx) => {
    if (Object.hasOwn(objects, signer)) await lockPerson(tx, signer)
    const known = await readKnown(tx, signer, Object.keys(objects))
    const failures: SignatureFailures = {}
    const verified: Verified[] = []
    for (const [userId, byTarget] of Object.entries(objects)) {
      for (const [target, object] of Object.entries(byTarget)) {
        const verdict = judge(known, signer, userId, target, object)
        if (Array.isArray(verdict)) verified.push(...verdict)
        else failures[userId] = { ...failures[userId], [target]: verdict }
      }
    }
    return { failures, position: await store(tx, deps.stream, signer, verified) }
  })
  if (position !== undefined) deps.stream.committed(position)
  return failures
}

/** The rows are shared-locked, so that nobody can replace a key between its signature's check and its storing. */
async function readKnown(tx: Tx, signer: string, owners: readonly string[]): Promise<Known> {
  const userIds = [...new Set([signer, ...owners.filter((owner) => !owner.includes('\0'))])]
  const crossSigning = await tx.rows<{
    user_id: string
    usage: Usage
    public_key: string
    key: JsonObject
  }>(sql`
    select user_id, usage, public_key, key from keys.cross_signing_key
    where user_id = any(${userIds}::text[]) and (usage = 'master' or user_id = ${signer})
    order by user_id, usage for share`)
  const devices = await tx.rows<{ device_id: string; keys: JsonObject }>(sql`
    select device_id, keys from keys.device where user_id = ${signer} order by device_id for share`)
  const own = (usage: Usage) =>
    crossSigning.find((row) => row.user_id === signer && row.usage === usage)?.public_key
  return {
    devices: new Map(devices.map(({ device_id, keys }) => [device_id, keys])),
    master: new Map(
      crossSigning
        .filter(({ usage }) => usage === 'master')
        .map(({ user_id, public_key, key }) => [user_id, { publicKey: public_key, key }]),
    ),
    selfSigning: own('self_signing'),
    userSigning: own('user_signing'),
  }
}

function judge(known: Known, signer: string, userId: string, target: string, object: JsonObject): Verdict {
  const master = known.master.get(userId)
  const isMaster = master?.publicKey === target
  const stored = isMaster ? master.key : userId === signer ? known.devices.get(target) : undefined
  if (!stored) return { errcode: 'M_NOT_FOUND', error: 'There is no such key.' }
  if (!isSame(stored, object))
    return { errcode: 'M_INVALID_PARAM', error: 'The object is not the key that was published.' }
  if (isMaster && userId === signer) return judgeByDevices(known, signer, target, object)
  const publicKey = userId === signer ? known.selfSigning : known.userSigning
  return judgeByKey({ userId, target, signer, publicKey }, object)
}

function judgeByKey(
  about: { userId: string; target: string; signer: string; publicKey: string | undefined },
  object: JsonObject,
): Verdict {
  const { userId, target, signer, publicKey } = about
  if (publicKey === undefined) return { errcode: 'M_NOT_FOUND', error: 'There is no key to sign with.' }
  const keyId = `ed25519:${publicKey}`
  const signature = signaturesBy(object, signer).get(keyId)
  if (signature === undefined || !verifySignedJson(object, signer, keyId, publicKey)) return invalidSignature
  return [{ userId, target, keyId, signature }]
}

/** Every signature that names a device of the signer must be good; the master key's own about itself is no news. */
function judgeByDevices(known: Known, signer: string, target: string, object: JsonObject): Verdict {
  const verified: Verified[] = []
  for (const [keyId, signature] of signaturesBy(object, signer)) {
    if (keyId === `ed25519:${target}`) continue
    const device = known.devices.get(keyId.slice('ed25519:'.length))
    const publicKey = device && isJsonObject(device['keys']) ? ownValue(device['keys'], keyId) : undefined
    if (typeof publicKey !== 'string' || !verifySignedJson(object, signer, keyId, publicKey))
      return invalidSignature
    verified.push({ userId: signer, target, keyId, signature })
  }
  return verified.length > 0 ? verified : invalidSignature
}

const invalidSignature: SignatureFailure = {
  errcode: 'M_INVALID_SIGNATURE',
  error: 'A signature is missing or invalid.',
}

function isSame(stored: JsonObject, object: JsonObject): boolean {
  try {
    return sameContent(stored, object)
  } catch {
    return false
  }
}

/** The position of the change, if there is one: signatures that were there already change nothing. */
async function store(
  tx: Tx,
  stream: Stream,
  signer: string,
  verified: readonly Verified[],
): Promise<number | undefined> {
  const fresh = await insertNew(tx, signer, verified)
  if (fresh.length === 0) return undefined
  const own = fresh.some((userId) => userId === signer)
  const targets = [...new Set(fresh.filter((userId) => userId !== signer))].sort()
  return announce(tx, stream, {
    people: own ? [signer] : [],
    ...(targets.length > 0 ? { notices: { signer, targets } } : {}),
  })
}

/** Gives the owners of keys with new signatures. Another person's signature replaces the one they made with an older key. */
async function insertNew(tx: Tx, signer: string, verified: readonly Verified[]): Promise<string[]> {
  if (verified.length === 0) return []
  const columns = sql`unnest(
    ${verified.map(({ userId }) => userId)}::text[], ${verified.map(({ target }) => target)}::text[],
    ${verified.map(({ keyId }) => keyId)}::text[], ${verified.map(({ signature }) => signature)}::text[]
  ) as given (user_id, target, key_id, signature)`
  const rows = await tx.rows<{ user_id: string }>(sql`
    insert into keys.signature as stored (user_id, target, signer, key_id, signature)
    select user_id, target, ${signer}, key_id, signature from ${columns}
    order by user_id, target, key_id
    on conflict (user_id, target, signer, key_id) do update set signature = excluded.signature
      where stored.signature <> excluded.signature
    returning user_id`)
  await tx.run(sql`
    delete from keys.signature old using ${columns}
    where old.user_id = given.user_id and old.target = given.target and old.signer = ${signer}
      and given.user_id <> ${signer} and old.key_id <> given.key_id`)
  return rows.map(({ user_id: userId }) => userId)
}
