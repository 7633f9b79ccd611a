import type { Clock } from '../../../platform/clock.ts'
import type { Database } from '../../../platform/db/database.ts'
import { nothing, sql } from '../../../platform/db/sql.ts'
import type { Random } from '../../../platform/random.ts'
import type { Identity } from '../../identity/api.ts'
import { refuse } from '../refusals.ts'
import type { RoomsService } from '../service.ts'

export type ReportDeps = {
  db: Database
  clock: Clock
  random: Random
  rooms: Pick<RoomsService, 'state' | 'membership' | 'event' | 'visibleTo'>
  identity: Pick<Identity, 'profiles'>
}

export type Reported =
  | { kind: 'event'; roomId: string; eventId: string }
  | { kind: 'room'; roomId: string }
  | { kind: 'person'; userId: string }

export type Report = {
  reportId: string
  kind: Reported['kind']
  reporter: string
  roomId: string
  eventId: string
  userId: string
  reason: string
  reportedAtMs: number
  resolvedAtMs: number | null
  resolvedBy: string | null
  resolution: string | null
}

/**
 * Puts something before those who run this server. Throws `rooms.event_unknown` for an event that the reporter, who must be
 * in its room, cannot see; that a room or person does not exist is told to nobody.
 * https://spec.matrix.org/v1.19/client-server-api/#reporting-content
 */
export async function report(
  deps: ReportDeps,
  reporter: string,
  { reported, reason }: { reported: Reported; reason: string },
): Promise<void> {
  if (!(await isThere(deps, reporter, reported))) return
  const { db, clock, random } = deps
  const roomId = 'roomId' in reported ? reported.roomId : ''
  const eventId = 'eventId' in reported ? reported.eventId : ''
  const userId = 'userId' in reported ? reported.userId : ''
  await db.run(sql`
    insert into rooms.report (report_id, kind, reporter, room_id, event_id, user_id, reason, reported_at_ms)
    values (${random.text(16)}, ${reported.kind}, ${reporter}, ${roomId}, ${eventId}, ${userId},
      ${reason.replaceAll('\0', '')}, ${clock.now()})
    on conflict (reporter, kind, room_id, event_id, user_id) where resolved_at_ms is null
      do update set reason = excluded.reason`)
}

async function isThere(deps: ReportDeps, reporter: string, reported: Reported): Promise<boolean> {
  switch (reported.kind) {
    case 'event': {
      const { roomId, eventId } = reported
      const isMember = (await deps.rooms.membership(roomId, reporter)) === 'join'
      const event = isMember ? await deps.rooms.event(roomId, eventId) : undefined
      if (!event || (await deps.rooms.visibleTo(reporter, roomId, [event])).length === 0)
        throw refuse('rooms.event_unknown', 'There is no such event, or you are not in its room.')
      return true
    }
    case 'room':
      return (await deps.rooms.state(reported.roomId)) !== undefined
    case 'person':
      return (await deps.identity.profiles([reported.userId])).has(reported.userId)
  }
}

const columns = sql`report_id as "reportId", kind, reporter, room_id as "roomId", event_id as "eventId", user_id as "userId",
  reason, reported_at_ms as "reportedAtMs", resolved_at_ms as "resolvedAtMs", resolved_by as "resolvedBy", resolution`

export type ReportCursor = { reportedAtMs: number; reportId: string }

/** The moderators' queue: open or resolved reports, the oldest first. */
export function listReports(
  db: Database,
  { open, after, limit }: { open: boolean; after: ReportCursor | undefined; limit: number },
): Promise<Report[]> {
  return db.rows<Report>(sql`
    select ${columns} from rooms.report
    where (resolved_at_ms is null) = ${open}
      ${after ? sql`and (reported_at_ms, report_id) > (${after.reportedAtMs}, ${after.reportId})` : nothing}
    order by reported_at_ms, report_id limit ${limit}`)
}

/** Takes a report off the queue; one that is off it stays as it was resolved first. Throws `rooms.report_unknown`. */
export async function resolveReport(
  { db, clock }: Pick<ReportDeps, 'db' | 'clock'>,
  { reportId, moderator, resolution }: { reportId: string; moderator: string; resolution: string },
): Promise<Report> {
  await db.run(sql`
    update rooms.report set resolved_at_ms = ${clock.now()}, resolved_by = ${moderator}, resolution = ${resolution}
    where report_id = ${reportId} and resolved_at_ms is null`)
  const [resolved] = await db.rows<Report>(
    sql`select ${columns} from rooms.report where report_id = ${reportId}`,
  )
  if (!resolved) throw refuse('rooms.report_unknown')
  return resolved
}
