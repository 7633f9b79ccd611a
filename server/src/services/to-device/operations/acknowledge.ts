import type { Outcome } from '../../../platform/batch.ts'
import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { Position } from '../../../platform/stream/stream.ts'

export type Acknowledgement = { userId: string; deviceId: string; upTo: Position }

/** Forgets what each device has said that it has. Safe to run again. */
export async function acknowledgeAll(
  deps: { db: Database },
  acknowledgements: readonly Acknowledgement[],
): Promise<Outcome<void>[]> {
  await deps.db.run(sql`
    delete from to_device.message message
    using unnest(
      ${acknowledgements.map(({ userId }) => userId)}::text[],
      ${acknowledgements.map(({ deviceId }) => deviceId)}::text[],
      ${acknowledgements.map(({ upTo }) => upTo)}::bigint[]
    ) as received (user_id, device_id, up_to)
    where message.user_id = received.user_id and message.device_id = received.device_id
      and message.position <= received.up_to`)
  return acknowledgements.map(() => ({ value: undefined }))
}
