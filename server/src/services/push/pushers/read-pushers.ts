import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { ShownPusher } from './pusher.ts'

/** A person's pushers, the oldest first. */
export function readPushers(db: Database, userId: string): Promise<ShownPusher[]> {
  return db.rows<ShownPusher>(sql`
    select app_id as "appId", pushkey, kind, app_display_name as "appDisplayName",
      device_display_name as "deviceDisplayName", profile_tag as "profileTag", lang, data, activated
    from push.pusher where user_id = ${userId} order by set_at_ms, app_id, pushkey`)
}

/** Removes the pushers that these sessions of a person made. */
export async function forgetDevices(
  db: Database,
  userId: string,
  deviceIds: readonly string[],
): Promise<void> {
  await db.run(sql`delete from push.pusher where user_id = ${userId} and device_id = any(${deviceIds})`)
}
