import type { Outcome } from '../../../platform/batch.ts'
import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { JsonObject } from '../../../platform/json.ts'
import type { Position } from '../../../platform/stream/stream.ts'

export type PendingRequest = {
  userId: string
  deviceId: string
  after: Position
  upTo: Position
  limit: number
}
/** `last`: position of the last message given, when more wait. */
export type Pending = { events: JsonObject[]; last: Position | undefined }

type Row = { n: number; position: Position; sender: string; type: string; content: JsonObject }

/** What waits for each of many devices, in one query: an advance of the stream wakes all their syncs at once. */
export async function readPending(
  deps: { db: Database },
  requests: readonly PendingRequest[],
): Promise<Outcome<Pending>[]> {
  const rows = await deps.db.rows<Row>(sql`
    select wanted.n, message.* from unnest(
      ${requests.map(({ userId }) => userId)}::text[], ${requests.map(({ deviceId }) => deviceId)}::text[],
      ${requests.map(({ after }) => after)}::bigint[], ${requests.map(({ upTo }) => upTo)}::bigint[],
      ${requests.map(({ limit }) => limit)}::int[]
    ) with ordinality as wanted (user_id, device_id, after, up_to, most, n)
    cross join lateral (
      select position, sender, type, content from to_device.message
      where user_id = wanted.user_id and device_id = wanted.device_id
        and position > wanted.after and position <= wanted.up_to
      order by position limit wanted.most + 1
    ) as message
    order by wanted.n, message.position`)

  const found = requests.map((): Row[] => [])
  for (const row of rows) found[row.n - 1]?.push(row)
  return requests.map(({ limit }, index) => ({ value: present(found[index] ?? [], limit) }))
}

function present(rows: readonly Row[], limit: number): Pending {
  const given = rows.slice(0, limit)
  return {
    events: given.map(({ sender, type, content }) => ({ sender, type, content })),
    last: rows.length > limit ? given.at(-1)?.position : undefined,
  }
}
