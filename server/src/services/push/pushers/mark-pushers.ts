import type { Clock } from '../../../platform/clock.ts'
import type { Database, Tx } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { Position, Stream } from '../../../platform/stream/stream.ts'
import type { Receipts } from '../../receipts/api.ts'
import type { Rooms, TimelineEvent } from '../../rooms/api.ts'

export type MarkDeps = {
  db: Database
  clock: Clock
  stream: Pick<Stream, 'position'>
  rooms: Pick<Rooms, 'eventsInStream' | 'state'>
  receipts: Pick<Receipts, 'readers'>
}

const eventsAtOnce = 500

/**
 * Makes the pushers due that the next piece of the stream may concern, and gives whether there is more of it. One node does so at
 * a time; the others find it being done. A node that dies in the midst has marked some pushers that will be marked again.
 */
export async function markPushers(deps: MarkDeps): Promise<{ marked: number; more: boolean }> {
  const upTo = deps.stream.position()
  return deps.db.transaction(async (tx) => {
    const [progress] = await tx.rows<{ position: Position }>(
      sql`select position from push.progress for update skip locked`,
    )
    if (!progress || progress.position >= upTo) return { marked: 0, more: false }
    const end = (await hasPushers(tx))
      ? await markSome(deps, progress.position, upTo)
      : { last: upTo, marked: 0 }
    await tx.run(sql`update push.progress set position = ${end.last}`)
    return { marked: end.marked, more: end.last < upTo }
  })
}

async function hasPushers(tx: Tx): Promise<boolean> {
  return (await tx.rows(sql`select 1 from push.pusher limit 1`)).length > 0
}

async function markSome(
  deps: MarkDeps,
  after: Position,
  upTo: Position,
): Promise<{ last: Position; marked: number }> {
  const events = await deps.rooms.eventsInStream({ after, upTo, limit: eventsAtOnce })
  const last = events.length < eventsAtOnce ? upTo : (events.at(-1)?.position ?? upTo)
  const readers = new Set(await deps.receipts.readers(after, last))
  const recipients = await recipientsOf(deps.rooms, events)
  for (const { sender } of events) readers.add(sender)
  if (recipients.size === 0 && readers.size === 0) return { last, marked: 0 }
  // Not in the transaction that holds the progress: no pusher is to wait for it.
  const marked = await deps.db.run(sql`
    update push.pusher as pusher
    set wanted = greatest(wanted, ${last}), due_at_ms = coalesce(due_at_ms, ${deps.clock.now()})
    from (
      select user_id, app_id, pushkey from push.pusher
      where activated and (user_id = any(${[...recipients]}) or (user_id = any(${[...readers]}) and badge <> 0))
      order by user_id, app_id, pushkey for update
    ) as concerned
    where (pusher.user_id, pusher.app_id, pusher.pushkey) = (concerned.user_id, concerned.app_id, concerned.pushkey)`)
  return { last, marked }
}

/** Whom events may notify: those who are joined to their rooms, and those whose membership they change. */
async function recipientsOf(
  rooms: Pick<Rooms, 'state'>,
  events: readonly TimelineEvent[],
): Promise<Set<string>> {
  const recipients = new Set<string>()
  for (const [roomId, ofRoom] of Map.groupBy(events, (event) => event.roomId)) {
    const state = await rooms.state(roomId)
    const [{ sender } = { sender: '' }] = ofRoom
    const isOneSender = ofRoom.every((event) => event.sender === sender)
    for (const userId of state?.members('join') ?? [])
      if (!(isOneSender && userId === sender)) recipients.add(userId)
    for (const { type, stateKey } of ofRoom)
      if (type === 'm.room.member' && stateKey !== undefined) recipients.add(stateKey)
  }
  return recipients
}
