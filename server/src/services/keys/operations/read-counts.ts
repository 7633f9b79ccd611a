import type { Tx } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'

export type Counts = { oneTimeKeys: Record<string, number>; unusedFallbackTypes: string[] }

type Row = { n: number; algorithm: string; count: number | null }

/**
 * Unclaimed one-time keys per algorithm and the algorithms of unused fallback keys, for many devices in one query.
 * `signed_curve25519` is always counted, as clients take a missing count for "not told" and upload no new keys.
 *
 * https://spec.matrix.org/v1.19/client-server-api/#e2e-extensions-to-sync
 */
export async function readCounts(
  deps: { db: Pick<Tx, 'rows'> },
  devices: readonly { userId: string; deviceId: string }[],
): Promise<Counts[]> {
  const rows = await deps.db.rows<Row>(sql`
    with device as (
      select * from unnest(
        ${devices.map(({ userId }) => userId)}::text[], ${devices.map(({ deviceId }) => deviceId)}::text[]
      ) with ordinality as device (user_id, device_id, n)
    )
    select n, algorithm, count(*) as count from device join keys.one_time_key using (user_id, device_id)
    where claimed_at_ms is null group by n, algorithm
    union all
    select n, algorithm, null from device join keys.fallback_key using (user_id, device_id) where not used
    order by n, algorithm`)
  const counts = devices.map(
    (): Counts => ({ oneTimeKeys: { signed_curve25519: 0 }, unusedFallbackTypes: [] }),
  )
  for (const { n, algorithm, count } of rows) {
    const found = counts[n - 1]
    if (count === null) found?.unusedFallbackTypes.push(algorithm)
    else if (found) found.oneTimeKeys[algorithm] = count
  }
  return counts
}
