import type { Outcome } from '../../../platform/batch.ts'
import type { Database, Tx } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { JsonObject } from '../../../platform/json.ts'
import type { Position, Stream } from '../../../platform/stream/stream.ts'

/** Undefined `roomId`: for the whole account. */
export type EntryKey = { userId: string; roomId: string | undefined; type: string }

export type Write = EntryKey & {
  /** The new content. A function gets the present content and gives undefined to leave it. */
  content: JsonObject | ((present: JsonObject | undefined) => JsonObject | undefined)
}

/**
 * Writes a batch in one transaction, in its order. The stream's lock comes first and keeps all writers of account data
 * apart, on whichever nodes, so nothing can change between reading a content and replacing it.
 */
export async function writeEntries(
  deps: { db: Database; stream: Stream },
  writes: readonly Write[],
): Promise<Outcome<void>[]> {
  const last = await deps.db.repeatable(() =>
    deps.db.transaction(async (tx) => {
      const first = await deps.stream.allocate(tx, 'account_data', writes.length)
      const contents = await applyAll(tx, writes)
      await upsert(tx, first, [...contents.values()])
      return first + writes.length - 1
    }),
  )
  deps.stream.committed(last)
  return writes.map(() => ({ value: undefined }))
}

type Changed = EntryKey & { content: JsonObject }

/** The contents after all writes; several to one entry leave the last. */
async function applyAll(tx: Tx, writes: readonly Write[]): Promise<Map<string, Changed>> {
  const present = await presentContents(
    tx,
    writes.filter(({ content }) => typeof content === 'function'),
  )
  const changed = new Map<string, Changed>()
  for (const { content, ...key } of writes) {
    const name = nameOf(key)
    const next =
      typeof content === 'function' ? content(changed.get(name)?.content ?? present.get(name)) : content
    if (next) changed.set(name, { ...key, content: next })
  }
  return changed
}

async function presentContents(tx: Tx, keys: readonly EntryKey[]): Promise<Map<string, JsonObject>> {
  if (keys.length === 0) return new Map()
  const rows = await tx.rows<{ userId: string; roomId: string; type: string; content: JsonObject }>(sql`
    select user_id as "userId", room_id as "roomId", type, content
    from account_data.entry where (user_id, room_id, type) in (select * from ${unnested(keys)})`)
  return new Map(rows.map(({ content, ...key }) => [nameOf(key), content]))
}

async function upsert(tx: Tx, first: Position, entries: readonly Changed[]): Promise<void> {
  if (entries.length === 0) return
  await tx.run(sql`
    insert into account_data.entry (user_id, room_id, type, content, position)
    select key.user_id, key.room_id, key.type, given.content, ${first} + given.ordinal - 1
    from ${unnested(entries)} with ordinality as key (user_id, room_id, type, ordinal)
    join unnest(${entries.map(({ content }) => JSON.stringify(content))}::json[])
      with ordinality as given (content, ordinal) on given.ordinal = key.ordinal
    on conflict (user_id, room_id, type) do update set content = excluded.content, position = excluded.position`)
}

function unnested(keys: readonly EntryKey[]) {
  return sql`unnest(${keys.map(({ userId }) => userId)}::text[],
    ${keys.map(({ roomId }) => roomId ?? '')}::text[], ${keys.map(({ type }) => type)}::text[])`
}

function nameOf({ userId, roomId, type }: EntryKey): string {
  return `${userId}\n${roomId ?? ''}\n${type}`
}
