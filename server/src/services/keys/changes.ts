import type { Database } from '../../platform/db/database.ts'
import { sql } from '../../platform/db/sql.ts'
import { createLastPositions } from '../../platform/stream/last-positions.ts'
import type { Position, Stream } from '../../platform/stream/stream.ts'
import type { CountCache } from './counts.ts'
import { readChangedUsers, readSignedUsers } from './operations/device-list-changes.ts'
import { keysTopic } from './person.ts'

/** What changed lately, in memory: most syncs find here that nothing did. */
export type RecentChanges = {
  changedUsers(userIds: ReadonlySet<string>, after: Position, viewer: string): Promise<Set<string>>
  countsChanged(userId: string, deviceId: string, after: Position): boolean
}

type Kind = 'person' | 'stock' | 'notice'
type Row = { kind: Kind; user_id: string; device_id: string | null; position: Position }

/** Follows the stream, so that each node knows the newest changes and drops counts that are no longer true. */
export function followChanges(
  deps: { db: Database; stream: Stream; counts: CountCache },
  remembered: number,
): RecentChanges {
  const { db, stream, counts } = deps
  const people = createLastPositions(stream.position, remembered)
  const stocks = createLastPositions(stream.position, remembered)
  const notices = createLastPositions(stream.position, remembered)

  stream.follow(keysTopic, async (after, upTo) => {
    const rows = await readRows(db, after, upTo)
    const of = (kind: Kind) => rows.filter((row) => row.kind === kind)
    for (const { kind, user_id: userId } of rows) if (kind !== 'notice') counts.drop(userId)
    people.take(after, of('person').map(byUser))
    notices.take(after, of('notice').map(byUser))
    stocks.take(
      after,
      of('stock').map((row) => [deviceKey(row.user_id, row.device_id ?? ''), row.position] as const),
    )
    return {
      users: new Set([...of('stock'), ...of('notice')].map((row) => row.user_id)),
      peopleAround: new Set(of('person').map((row) => row.user_id)),
    }
  })

  return {
    async changedUsers(userIds, after, viewer) {
      const changed = await changedPeople(db, people, userIds, after)
      if (notices.latest(viewer) > after) {
        for (const userId of await readSignedUsers({ db }, viewer, after))
          if (userIds.has(userId)) changed.add(userId)
      }
      return changed
    },
    countsChanged: (userId, deviceId, after) => stocks.latest(deviceKey(userId, deviceId)) > after,
  }
}

async function changedPeople(
  db: Database,
  people: ReturnType<typeof createLastPositions>,
  userIds: ReadonlySet<string>,
  after: Position,
): Promise<Set<string>> {
  if (people.newest() <= after) return new Set()
  const candidates = [...userIds].filter((userId) => people.latest(userId) > after)
  // Below the floor nobody's change is known for sure, so the database decides; above it the memory does.
  if (candidates.length === 0 || after >= people.floor()) return new Set(candidates)
  return new Set(await readChangedUsers({ db }, candidates, after))
}

function readRows(db: Database, after: Position, upTo: Position): Promise<Row[]> {
  return db.rows<Row>(sql`
    select 'person' as kind, user_id, null as device_id, changed_position as position from keys.person
    where changed_position > ${after} and changed_position <= ${upTo}
    union all
    select 'stock', user_id, device_id, position from keys.stock
    where position > ${after} and position <= ${upTo}
    union all
    select 'notice', user_id, null, max(position) from keys.signature_notice
    where position > ${after} and position <= ${upTo} group by user_id`)
}

function byUser({ user_id: userId, position }: Row): readonly [string, Position] {
  return [userId, position]
}

function deviceKey(userId: string, deviceId: string): string {
  return `${userId}\n${deviceId}`
}
