import type { Clock } from '../../../platform/clock.ts'
import type { Tx } from '../../../platform/db/database.ts'
import { nothing, sql } from '../../../platform/db/sql.ts'
import type { Jobs } from '../../../platform/jobs.ts'
import type { Position, Stream } from '../../../platform/stream/stream.ts'
import type { IdentityJobs } from '../api.ts'

/** Stream topic under which nodes learn whose sessions they must forget. */
export const sessionsTopic = 'sessions'

export type EndSessionsDeps = { clock: Clock; stream: Stream; jobs: Jobs }

/** All devices of a person, those named, or all but one. */
export type DeviceChoice = 'all' | { only: readonly string[] } | { except: string | undefined }

/**
 * Deletes devices with their tokens inside the caller's transaction, whose last step it must be, and asks for the clean-up
 * of what other services keep for them. Gives the position to announce after the commit; undefined when there was
 * nothing to end.
 */
export async function endSessions(
  deps: EndSessionsDeps,
  tx: Tx,
  userId: string,
  choice: DeviceChoice,
): Promise<Position | undefined> {
  const chosen = chosenBy(choice)
  const deleted = await tx.rows<{ deviceId: string; sessionId: string }>(sql`
    delete from identity.device where user_id = ${userId} ${chosen}
    returning device_id as "deviceId", session_id as "sessionId"`)
  const [first] = deleted
  if (!first) return undefined
  await tx.run(sql`delete from identity.token_pair where user_id = ${userId} ${chosen}`)
  const payload: IdentityJobs['identity.device_deleted'] = {
    userId,
    deviceIds: deleted.map(({ deviceId }) => deviceId),
  }
  await deps.jobs.enqueue(tx, 'identity.device_deleted', { id: `${userId} ${first.sessionId}`, payload })
  return announceSessionEnd(deps, tx, userId)
}

/** Makes every node forget the person's sessions, once the caller has told the stream of the commit. */
export async function announceSessionEnd(
  deps: { clock: Clock; stream: Stream },
  tx: Tx,
  userId: string,
): Promise<Position> {
  const position = await deps.stream.allocate(tx, sessionsTopic, 1)
  await tx.run(sql`
    insert into identity.session_end (user_id, position, at_ms) values (${userId}, ${position}, ${deps.clock.now()})`)
  return position
}

function chosenBy(choice: DeviceChoice) {
  if (choice === 'all') return nothing
  if ('only' in choice) return sql`and device_id = any(${choice.only})`
  return choice.except === undefined ? nothing : sql`and device_id <> ${choice.except}`
}
