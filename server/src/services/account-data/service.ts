import type { Registry } from 'prom-client'
import { createBatcher } from '../../platform/batch.ts'
import type { Database } from '../../platform/db/database.ts'
import { sql } from '../../platform/db/sql.ts'
import type { JsonObject } from '../../platform/json.ts'
import { createReadCache } from '../../platform/read-cache.ts'
import { createLastPositions } from '../../platform/stream/last-positions.ts'
import type { Position, Stream } from '../../platform/stream/stream.ts'
import type { AccountData } from './api.ts'
import type { AccountDataSettings } from './config.ts'
import { ignoredUsersType, readChanges, readEntry, readIgnoredUsers } from './operations/read-entries.ts'
import { tagsOf, tagType, withoutTag, withTag } from './operations/tags.ts'
import { type Write, writeEntries } from './operations/write-entries.ts'
import { refuse } from './refusals.ts'

export type AccountDataDeps = {
  db: Database
  stream: Stream
  metrics: Registry
  settings: AccountDataSettings
}

export type AccountDataService = AccountData & {
  tags(userId: string, roomId: string): Promise<JsonObject>
  setTag(userId: string, roomId: string, tag: string, info: JsonObject): Promise<void>
  deleteTag(userId: string, roomId: string, tag: string): Promise<void>
  /** Drops everything a person has; for a deactivated account that asked to be erased. */
  erase(userId: string): Promise<void>
}

const ignoredListsMax = 20_000

export function createAccountData(deps: AccountDataDeps): AccountDataService {
  const { db, stream, settings } = deps
  const newest = createLastPositions(stream.position, settings.peopleRemembered)
  const ignored = createReadCache<ReadonlySet<string>>({ max: ignoredListsMax })
  const writes = createBatcher(deps, {
    name: 'account_data_write',
    sizeMax: 256,
    waitingMax: 10_000,
    run: (batch: readonly Write[]) => writeEntries(deps, batch),
  })

  stream.follow('account_data', async (after, upTo) => {
    const rows = await db.rows<{ userId: string; type: string; position: Position }>(sql`
      select user_id as "userId", type, position from account_data.entry
      where position > ${after} and position <= ${upTo}`)
    newest.take(
      after,
      rows.map(({ userId, position }) => [userId, position]),
    )
    for (const { userId, type } of rows) if (type === ignoredUsersType) ignored.drop(userId)
    return { users: new Set(rows.map(({ userId }) => userId)) }
  })

  async function write(entry: Write): Promise<void> {
    await writes.submit(entry)
    if (entry.type === ignoredUsersType) ignored.drop(entry.userId)
  }

  return {
    get: (userId, roomId, type) => readEntry(deps, { userId, roomId, type }),
    async put(userId, roomId, type, content) {
      if (Buffer.byteLength(JSON.stringify(content)) > settings.contentBytesMax)
        throw refuse('account_data.too_large')
      await write({ userId, roomId, type, content })
    },
    async changes(userId, after, upTo) {
      return newest.latest(userId) <= after ? [] : readChanges(deps, userId, after, upTo)
    },
    async ignoredUsers(userId) {
      const users = await ignored.get(userId, userId, () => readIgnoredUsers(deps, userId))
      return users ?? new Set()
    },
    async tags(userId, roomId) {
      return tagsOf(await readEntry(deps, { userId, roomId, type: tagType }))
    },
    setTag: (userId, roomId, tag, info) =>
      write({ userId, roomId, type: tagType, content: withTag(tag, info) }),
    deleteTag: (userId, roomId, tag) => write({ userId, roomId, type: tagType, content: withoutTag(tag) }),
    async erase(userId) {
      await db.run(sql`delete from account_data.entry where user_id = ${userId}`)
      ignored.drop(userId)
    },
  }
}
