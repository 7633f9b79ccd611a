import type { Database, Tx } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import { isJsonObject, type JsonObject } from '../../../platform/json.ts'
import type { KeysSettings } from '../config.ts'
import { lockPerson } from '../person.ts'
import { refuse } from '../refusals.ts'

/** https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3room_keysversion */
export type BackupVersion = {
  algorithm: string
  auth_data: JsonObject
  count: number
  etag: string
  version: string
}

type Deps = { db: Database; settings: Pick<KeysSettings, 'backupVersionsMax' | 'keyBytesMax'> }
type Row = { version: number; algorithm: string; auth_data: JsonObject; etag: number; key_count: number }

const algorithmKnown = 'm.megolm_backup.v1.curve25519-aes-sha2'

/** Begins a new backup, which is the current one from now on, and gives its version. Numbers are never given twice. */
export async function createBackup(
  deps: Deps,
  userId: string,
  { algorithm, authData }: { algorithm: string; authData: JsonObject },
): Promise<string> {
  if (algorithm !== algorithmKnown)
    throw refuse('keys.backup_invalid', `The algorithm must be ${algorithmKnown}.`)
  checkAuthData(authData, deps.settings.keyBytesMax)
  return deps.db.transaction(async (tx) => {
    await lockPerson(tx, userId)
    const [existing] = await tx.rows<{ count: number; newest: number }>(sql`
      select count(*) filter (where not deleted) as count, coalesce(max(version), 0) as newest
      from keys.backup where user_id = ${userId}`)
    if ((existing?.count ?? 0) >= deps.settings.backupVersionsMax) throw refuse('keys.backups_too_many')
    const version = (existing?.newest ?? 0) + 1
    await tx.run(sql`
      insert into keys.backup (user_id, version, algorithm, auth_data)
      values (${userId}, ${version}, ${algorithm}, ${JSON.stringify(authData)})`)
    return String(version)
  })
}

/** The backup with this version, or the current one. Refuses with `keys.backup_unknown`. */
export async function readBackup(
  deps: { db: Pick<Tx, 'rows'> },
  userId: string,
  version: string | undefined,
): Promise<BackupVersion> {
  const wanted = version === undefined ? undefined : versionNumber(version)
  const [row] = await deps.db.rows<Row>(sql`
    select version, algorithm, auth_data, etag, key_count from keys.backup
    where user_id = ${userId} and not deleted and (${wanted ?? null}::bigint is null or version = ${wanted ?? null})
    order by version desc limit 1`)
  if (!row) {
    throw refuse('keys.backup_unknown', version === undefined ? 'No current backup version' : {})
  }
  return {
    algorithm: row.algorithm,
    auth_data: row.auth_data,
    count: row.key_count,
    etag: String(row.etag),
    version: String(row.version),
  }
}

/** Replaces the `auth_data` of a backup; nothing else of it can change. */
export async function updateBackup(
  deps: Deps,
  userId: string,
  version: string,
  update: { algorithm: string; authData: JsonObject; version: string | undefined },
): Promise<void> {
  const number = versionNumber(version)
  if (update.version !== undefined && update.version !== version)
    throw refuse('keys.backup_invalid', 'The versions in path and body differ.')
  checkAuthData(update.authData, deps.settings.keyBytesMax)
  await deps.db.transaction(async (tx) => {
    const [row] = await tx.rows<{ algorithm: string }>(sql`
      select algorithm from keys.backup where user_id = ${userId} and version = ${number} and not deleted for update`)
    if (!row) throw refuse('keys.backup_unknown')
    if (row.algorithm !== update.algorithm) throw refuse('keys.backup_invalid', 'Algorithm does not match')
    await tx.run(sql`
      update keys.backup set auth_data = ${JSON.stringify(update.authData)}
      where user_id = ${userId} and version = ${number}`)
  })
}

/** Deletes a backup with its keys; one that was deleted before is deleted. Refuses with `keys.backup_unknown`. */
export async function deleteBackup(deps: { db: Database }, userId: string, version: string): Promise<void> {
  const number = versionNumber(version)
  await deps.db.transaction(async (tx) => {
    const found = await tx.run(sql`
      update keys.backup set deleted = true, auth_data = '{}', key_count = 0
      where user_id = ${userId} and version = ${number}`)
    if (found === 0) throw refuse('keys.backup_unknown')
    await tx.run(sql`delete from keys.backup_key where user_id = ${userId} and version = ${number}`)
  })
}

/** Versions are opaque to clients; what we never gave out is simply unknown. */
export function versionNumber(version: string): number {
  if (!/^[1-9]\d{0,14}$/.test(version)) throw refuse('keys.backup_unknown')
  return Number(version)
}

function checkAuthData(authData: JsonObject, bytesMax: number): void {
  if (typeof authData['public_key'] !== 'string')
    throw refuse('keys.backup_invalid', 'auth_data must have a public_key.')
  if (authData['signatures'] !== undefined && !isJsonObject(authData['signatures']))
    throw refuse('keys.backup_invalid', 'The signatures of auth_data must be an object.')
  if (Buffer.byteLength(JSON.stringify(authData)) > bytesMax) throw refuse('keys.too_large')
}
