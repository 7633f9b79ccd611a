import type { Database, Tx } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { JsonObject } from '../../../platform/json.ts'
import type { KeysSettings } from '../config.ts'
import { refuse } from '../refusals.ts'
import { versionNumber } from './backup-versions.ts'

export type BackupKey = {
  first_message_index: number
  forwarded_count: number
  is_verified: boolean
  session_data: JsonObject
}
/** Keys by room and session. */
export type BackupRooms = Record<string, { sessions: Record<string, BackupKey> }>
/** One room, one session of it, or everything. */
export type BackupScope = { roomId?: string; sessionId?: string }
export type BackupState = { etag: string; count: number }
export type StoredKey = BackupKey & { room_id: string; session_id: string }

type Settings = Pick<KeysSettings, 'backupKeysMax' | 'backupKeyBytesMax'>
type Entry = { roomId: string; sessionId: string; key: BackupKey; data: string }

const pageSize = 1000

/**
 * Stores keys in the current backup. Of two keys for a session the better one stays: verified before unverified, then the
 * lower first message index, then the lower forwarded count - so that the order of uploads does not matter.
 *
 * https://spec.matrix.org/v1.19/client-server-api/#server-side-key-backups
 */
export async function putBackupKeys(
  deps: { db: Database; settings: Settings },
  userId: string,
  version: string,
  rooms: BackupRooms,
): Promise<BackupState> {
  const number = versionNumber(version)
  const entries = entriesOf(rooms, deps.settings.backupKeyBytesMax)
  return deps.db.transaction(async (tx) => {
    await lockCurrent(tx, userId, number)
    const written = entries.length === 0 ? [] : await insertBetter(tx, userId, number, entries)
    const added = written.filter(({ added }) => added).length
    const state = await changeState(tx, userId, number, written.length > 0, added)
    if (added > 0 && state.count > deps.settings.backupKeysMax) throw refuse('keys.backup_full')
    return state
  })
}

/** Deletes what lies in the scope; nothing being there is no error. Refuses with `keys.backup_unknown`. */
export async function deleteBackupKeys(
  deps: { db: Database },
  userId: string,
  version: string,
  scope: BackupScope,
): Promise<BackupState> {
  const number = versionNumber(version)
  return deps.db.transaction(async (tx) => {
    const found = await tx.run(sql`
      select from keys.backup where user_id = ${userId} and version = ${number} and not deleted for update`)
    if (found === 0) throw refuse('keys.backup_unknown')
    const gone = await tx.run(sql`
      delete from keys.backup_key where user_id = ${userId} and version = ${number}
        and (${scope.roomId ?? null}::text is null or room_id = ${scope.roomId ?? null})
        and (${scope.sessionId ?? null}::text is null or session_id = ${scope.sessionId ?? null})`)
    return changeState(tx, userId, number, gone > 0, -gone)
  })
}

/** One key. Refuses with `keys.backup_key_unknown`. The backup itself must have been looked up before. */
export async function readBackupKey(
  deps: { db: Database },
  userId: string,
  version: string,
  { roomId, sessionId }: Required<BackupScope>,
): Promise<BackupKey> {
  const [key] = await deps.db.rows<BackupKey>(sql`
    select first_message_index, forwarded_count, is_verified, session_data from keys.backup_key
    where user_id = ${userId} and version = ${versionNumber(version)}
      and room_id = ${roomId} and session_id = ${sessionId}`)
  if (!key) throw refuse('keys.backup_key_unknown')
  return key
}

/** The keys of a room or of all rooms in the order of room and session, page by page: a backup may not fit in memory. */
export async function* readBackupKeys(
  deps: { db: Database },
  userId: string,
  version: string,
  roomId: string | undefined,
): AsyncGenerator<StoredKey[]> {
  const number = versionNumber(version)
  let last: { room_id: string; session_id: string } | undefined
  for (;;) {
    const page: StoredKey[] = await deps.db.rows<StoredKey>(sql`
      select room_id, session_id, first_message_index, forwarded_count, is_verified, session_data
      from keys.backup_key
      where user_id = ${userId} and version = ${number}
        and (${roomId ?? null}::text is null or room_id = ${roomId ?? null})
        and (room_id, session_id) > (${last?.room_id ?? ''}, ${last?.session_id ?? ''})
      order by room_id, session_id limit ${pageSize}`)
    if (page.length > 0) yield page
    if (page.length < pageSize) return
    last = page.at(-1)
  }
}

function entriesOf(rooms: BackupRooms, bytesMax: number): Entry[] {
  return Object.entries(rooms).flatMap(([roomId, { sessions }]) => {
    if (!isId(roomId) || !roomId.startsWith('!'))
      throw refuse('keys.backup_invalid', 'This is not a room id.')
    return Object.entries(sessions).map(([sessionId, key]) => {
      if (!isId(sessionId)) throw refuse('keys.backup_invalid', 'This is not a session id.')
      const data = JSON.stringify(key.session_data)
      if (Buffer.byteLength(data) > bytesMax) throw refuse('keys.too_large')
      return { roomId, sessionId, key, data }
    })
  })
}

function isId(text: string): boolean {
  return text.length > 0 && text.length <= 255 && !text.includes('\0')
}

/** Keys can be written to the most recent backup only. Locks it. */
async function lockCurrent(tx: Tx, userId: string, version: number): Promise<void> {
  const versions = await tx.rows<{ version: number }>(sql`
    select version from keys.backup where user_id = ${userId} and not deleted order by version for update`)
  const current = versions.at(-1)
  if (!versions.some((row) => row.version === version)) throw refuse('keys.backup_unknown')
  if (current && current.version !== version) {
    throw refuse('keys.backup_version_wrong', { extra: { current_version: String(current.version) } })
  }
}

async function insertBetter(
  tx: Tx,
  userId: string,
  version: number,
  entries: readonly Entry[],
): Promise<{ added: boolean }[]> {
  return tx.rows<{ added: boolean }>(sql`
    insert into keys.backup_key as stored
      (user_id, version, room_id, session_id, first_message_index, forwarded_count, is_verified, session_data)
    select ${userId}, ${version}, room_id, session_id, first_message_index, forwarded_count, is_verified, data::json
    from unnest(
      ${entries.map(({ roomId }) => roomId)}::text[], ${entries.map(({ sessionId }) => sessionId)}::text[],
      ${entries.map(({ key }) => key.first_message_index)}::bigint[],
      ${entries.map(({ key }) => key.forwarded_count)}::bigint[],
      ${entries.map(({ key }) => key.is_verified)}::boolean[], ${entries.map(({ data }) => data)}::text[]
    ) as given (room_id, session_id, first_message_index, forwarded_count, is_verified, data)
    on conflict (user_id, version, room_id, session_id) do update set
      first_message_index = excluded.first_message_index, forwarded_count = excluded.forwarded_count,
      is_verified = excluded.is_verified, session_data = excluded.session_data
    where (not excluded.is_verified, excluded.first_message_index, excluded.forwarded_count)
      < (not stored.is_verified, stored.first_message_index, stored.forwarded_count)
    returning xmax = 0 as added`)
}

async function changeState(
  tx: Tx,
  userId: string,
  version: number,
  changed: boolean,
  added: number,
): Promise<BackupState> {
  const [state] = await tx.rows<{ etag: number; key_count: number }>(sql`
    update keys.backup set etag = etag + ${changed ? 1 : 0}, key_count = key_count + ${added}
    where user_id = ${userId} and version = ${version}
    returning etag, key_count`)
  return { etag: String(state?.etag), count: state?.key_count ?? 0 }
}
