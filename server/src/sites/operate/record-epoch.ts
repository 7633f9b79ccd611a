import type { Database } from '../../platform/db/database.ts'
import { sql } from '../../platform/db/sql.ts'
import type { Epoch } from '../gate/epoch.ts'

/** Writes down who let a last site write alone. The first record of an epoch stays. */
export async function recordEpoch(
  db: Database,
  { epoch, sinceMs, by }: Epoch,
  site: string,
  walPosition: string | undefined,
): Promise<void> {
  await db.run(sql`
    insert into platform.site_epoch (epoch, site, began_ms, began_by, wal_position)
    values (${epoch}, ${site}, ${sinceMs ?? 0}, ${by ?? 'unknown'}, ${walPosition ?? null})
    on conflict (epoch) do nothing`)
}
