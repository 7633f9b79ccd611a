import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { JsonObject } from '../../../platform/json.ts'
import type { TimelineEvent } from '../api.ts'

/** Events as they were signed, or as a redaction left them: for clients that ask for the `federation` format. */
export async function readPdus(db: Database, events: readonly TimelineEvent[]): Promise<JsonObject[]> {
  if (events.length === 0) return []
  const rows = await db.rows<{ pdu: string }>(sql`
    select event.pdu
    from unnest(${events.map(({ roomId }) => roomId)}::text[], ${events.map(({ eventId }) => eventId)}::text[])
      with ordinality as asked (room_id, event_id, n)
    join rooms.event using (room_id, event_id)
    order by asked.n`)
  return rows.map(({ pdu }): JsonObject => JSON.parse(pdu))
}
