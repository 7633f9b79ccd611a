import type { Database, Tx } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { Stream } from '../../../platform/stream/stream.ts'
import { announce, lockPerson } from '../person.ts'

type Deps = { db: Database; stream: Stream }

/** Everything about devices that were deleted, and tells those who know them. Safe to run again. */
export function forgetDevices(deps: Deps, userId: string, deviceIds: readonly string[]): Promise<void> {
  return forget(deps, userId, {
    remove: (tx) => forgetDeviceRows(tx, userId, deviceIds),
    async sweep(tx) {
      await tx.run(sql`
        delete from keys.stock where user_id = ${userId} and device_id = any(${deviceIds}::text[])`)
    },
  })
}

/** Everything of an account that was deactivated, its backup too. Safe to run again. */
export function forgetUser(deps: Deps, userId: string): Promise<void> {
  return forget(deps, userId, {
    remove: (tx) => forgetUserRows(tx, userId),
    async sweep(tx) {
      await tx.run(sql`delete from keys.stock where user_id = ${userId}`)
      await tx.run(sql`delete from keys.signature_notice where user_id = ${userId}`)
    },
  })
}

/** One-time keys that were given out so long ago that nobody repeats their upload. */
export async function forgetClaimedKeys(deps: { db: Database }, beforeMs: number): Promise<void> {
  await deps.db.run(sql`delete from keys.one_time_key where claimed_at_ms < ${beforeMs}`)
}

type Removal = {
  /** Gives whether something went that somebody else may have seen. */
  remove(tx: Tx): Promise<boolean>
  /** Deletes rows that may be locked only while the stream's lock is held. */
  sweep(tx: Tx): Promise<void>
}

async function forget(deps: Deps, userId: string, { remove, sweep }: Removal): Promise<void> {
  const position = await deps.db.transaction(async (tx) => {
    await lockPerson(tx, userId)
    if (!(await remove(tx))) return undefined
    const announced = await announce(tx, deps.stream, { people: [userId] })
    await sweep(tx)
    return announced
  })
  if (position !== undefined) deps.stream.committed(position)
}

async function forgetUserRows(tx: Tx, userId: string): Promise<boolean> {
  const gone = [
    await tx.run(sql`delete from keys.one_time_key where user_id = ${userId}`),
    await tx.run(sql`delete from keys.fallback_key where user_id = ${userId}`),
    await tx.run(sql`delete from keys.device where user_id = ${userId}`),
    await tx.run(sql`delete from keys.cross_signing_key where user_id = ${userId}`),
  ]
  await tx.run(sql`delete from keys.signature where user_id = ${userId}`)
  await tx.run(sql`delete from keys.backup_key where user_id = ${userId}`)
  await tx.run(sql`delete from keys.backup where user_id = ${userId}`)
  return gone.some((count) => count > 0)
}

async function forgetDeviceRows(tx: Tx, userId: string, deviceIds: readonly string[]): Promise<boolean> {
  const keyIds = deviceIds.map((deviceId) => `ed25519:${deviceId}`)
  const gone = [
    await tx.run(sql`
      delete from keys.one_time_key where user_id = ${userId} and device_id = any(${deviceIds}::text[])`),
    await tx.run(sql`
      delete from keys.fallback_key where user_id = ${userId} and device_id = any(${deviceIds}::text[])`),
    await tx.run(sql`
      delete from keys.device where user_id = ${userId} and device_id = any(${deviceIds}::text[])`),
  ]
  await tx.run(sql`
    delete from keys.signature where user_id = ${userId} and (target = any(${deviceIds}::text[])
      or (signer = ${userId} and key_id = any(${keyIds}::text[])))`)
  return gone.some((count) => count > 0)
}
