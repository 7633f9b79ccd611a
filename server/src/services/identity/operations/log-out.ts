import type { Database } from '../../../platform/db/database.ts'
import type { Caller } from '../../../platform/http/access.ts'
import type { Authentication } from './authenticate.ts'
import { type DeviceChoice, type EndSessionsDeps, endSessions } from './end-sessions.ts'

export type LogOutDeps = EndSessionsDeps & { db: Database; authentication: Authentication }

/**
 * Ends the caller's own session and deletes its device. When it returns, no token of the device is good on this node; the
 * other nodes follow within milliseconds.
 * https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3logout
 */
export async function logOut(deps: LogOutDeps, { userId, deviceId }: Caller): Promise<void> {
  if (deviceId !== undefined) await deleteDevices(deps, userId, { only: [deviceId] })
}

/** Deletes devices of a person and ends their sessions; those that are not there are passed over. */
export async function deleteDevices(deps: LogOutDeps, userId: string, choice: DeviceChoice): Promise<void> {
  const endedAt = await deps.db.transaction((tx) => endSessions(deps, tx, userId, choice))
  if (endedAt === undefined) return
  deps.authentication.ended(userId, endedAt)
  deps.jobs.wake()
}
