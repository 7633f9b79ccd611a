import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { TimelineEvent } from '../api.ts'
import { type Perspective, visibleRanges } from '../state/perspective.ts'
import { type EventRow, eventColumns, fromRow, type StoredEvent } from '../timeline/stored-event.ts'

/** What child events say about one parent, before it is presented. */
export type Aggregation = {
  replacement: StoredEvent | undefined
  thread: { latest: StoredEvent; count: number; participated: boolean } | undefined
  references: readonly string[]
}

type Group = {
  parent_room_id: string
  parent_id: string
  relation_type: string
  count: number
  participated: boolean
  ids: string[] | null
} & EventRow

/** NOTSPEC: the specification sets no bound to `m.reference` chunks; an event has room for about this many. */
const referencesMax = 1000

/**
 * The children of these events that the viewer may see and whose senders they do not ignore, in one query. State
 * events are not asked about: they have no bundled aggregations.
 *
 * https://spec.matrix.org/v1.19/client-server-api/#aggregations-of-child-events
 */
export async function aggregate(
  db: Database,
  parents: readonly TimelineEvent[],
  viewer: { userId: string; ignored: ReadonlySet<string>; perspectives: ReadonlyMap<string, Perspective> },
): Promise<Map<string, Aggregation>> {
  if (parents.length === 0) return new Map()
  const rooms = new Set(parents.map(({ roomId }) => roomId))
  const ranges = [...rooms].flatMap((roomId) => {
    const perspective = viewer.perspectives.get(roomId)
    return perspective ? visibleRanges(perspective).map((range) => ({ roomId, ...range })) : []
  })
  const groups = await db.rows<Group>(sql`
    with child as (
      select event.room_id, event.relation_parent, event.relation_type, event.position, event.event_id, event.sender,
        row_number() over (partition by event.room_id, event.relation_parent, event.relation_type order by
          case when event.relation_type = 'm.replace' then event.origin_server_ts else event.position end desc,
          event.event_id collate "C" desc) as rank
      from unnest(${parents.map(({ roomId }) => roomId)}::text[], ${parents.map(({ eventId }) => eventId)}::text[])
        as parent (room_id, event_id)
      join rooms.event on event.room_id = parent.room_id and event.relation_parent = parent.event_id
        and event.relation_type in ('m.replace', 'm.thread', 'm.reference') and event.withheld is null
      where event.sender <> all(${[...viewer.ignored]}::text[]) and exists (
        select from unnest(${ranges.map(({ roomId }) => roomId)}::text[], ${ranges.map(({ from }) => from)}::bigint[],
          ${ranges.map(({ upTo }) => upTo)}::bigint[]) as range (room_id, first, last)
        where range.room_id = event.room_id and event.position between range.first and range.last
      )
    ), summary as (
      select room_id, relation_parent, relation_type, count(*) as count, bool_or(sender = ${viewer.userId}) as participated,
        max(position) filter (where rank = 1) as chosen,
        array_agg(event_id order by position) filter (where relation_type = 'm.reference' and rank <= ${referencesMax}) as ids
      from child group by room_id, relation_parent, relation_type
    )
    select summary.room_id as parent_room_id, summary.relation_parent as parent_id, summary.relation_type, summary.count,
      summary.participated, summary.ids, ${eventColumns}
    from summary join rooms.event on event.room_id = summary.room_id and event.position = summary.chosen`)

  const aggregations = new Map<string, Aggregation>()
  for (const parent of parents) {
    const own = groups.filter(
      (group) =>
        group.parent_id === parent.eventId &&
        group.parent_room_id === parent.roomId &&
        // The edits of a redacted event serve no purpose any more.
        (group.relation_type !== 'm.replace' || parent.redactedBy === undefined),
    )
    if (own.length > 0) aggregations.set(parent.eventId, combine(own, parent, viewer.userId))
  }
  return aggregations
}

function combine(groups: readonly Group[], parent: TimelineEvent, viewerId: string): Aggregation {
  const group = (type: string) => groups.find((candidate) => candidate.relation_type === type)
  const replaced = group('m.replace')
  const thread = group('m.thread')
  return {
    replacement: replaced && fromRow(replaced),
    thread: thread && {
      latest: fromRow(thread),
      count: thread.count,
      participated: thread.participated || parent.sender === viewerId,
    },
    references: group('m.reference')?.ids ?? [],
  }
}
