import type { Clock } from '../../../platform/clock.ts'
import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { Random } from '../../../platform/random.ts'
import type { Device } from '../api.ts'
import { checkDeviceId } from '../names.ts'
import { refuse } from '../refusals.ts'

type Row = {
  userId: string
  deviceId: string
  displayName: string | null
  lastSeenAtMs: number | null
  lastSeenIp: string | null
}

/** The devices of each person who has any, oldest first. */
export async function devicesOf(
  deps: { db: Database },
  userIds: readonly string[],
): Promise<Map<string, Device[]>> {
  const rows = await deps.db.rows<Row>(sql`
    select user_id as "userId", device_id as "deviceId", display_name as "displayName",
      last_seen_at_ms as "lastSeenAtMs", last_seen_ip as "lastSeenIp"
    from identity.device where user_id = any(${userIds}) order by created_at_ms, device_id`)
  const devices = new Map<string, Device[]>()
  for (const { userId, deviceId, displayName, lastSeenAtMs, lastSeenIp } of rows) {
    const device: Device = {
      deviceId,
      displayName: displayName ?? undefined,
      lastSeenAtMs: lastSeenAtMs ?? undefined,
      lastSeenIp: lastSeenIp ?? undefined,
    }
    const ofUser = devices.get(userId)
    if (ofUser) ofUser.push(device)
    else devices.set(userId, [device])
  }
  return devices
}

/** Throws `identity.device_unknown` when the person has no such device. */
export async function deviceOf(deps: { db: Database }, userId: string, deviceId: string): Promise<Device> {
  const devices = await devicesOf(deps, [userId])
  const device = devices.get(userId)?.find((candidate) => candidate.deviceId === deviceId)
  if (!device) throw refuse('identity.device_unknown')
  return device
}

/** Gives a device another name; an undefined name leaves it as it is. */
export async function renameDevice(
  deps: { db: Database },
  userId: string,
  deviceId: string,
  displayName: string | undefined,
): Promise<void> {
  const touched = await deps.db.run(sql`
    update identity.device set display_name = coalesce(${displayName ?? null}, display_name)
    where user_id = ${userId} and device_id = ${deviceId}`)
  if (touched === 0) throw refuse('identity.device_unknown')
}

/** Makes a device that gets no token, or gives it another name when it is there. */
export async function putDevice(
  deps: { db: Database; clock: Clock; random: Random },
  userId: string,
  deviceId: string,
  displayName: string | undefined,
): Promise<void> {
  checkDeviceId(deviceId)
  await deps.db.run(sql`
    insert into identity.device as device (user_id, device_id, session_id, display_name, created_at_ms)
    values (${userId}, ${deviceId}, ${deps.random.text(16)}, ${displayName ?? null}, ${deps.clock.now()})
    on conflict (user_id, device_id) do update set display_name = coalesce(excluded.display_name, device.display_name)`)
}
