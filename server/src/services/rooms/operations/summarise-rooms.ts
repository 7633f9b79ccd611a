import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../../platform/json.ts'
import type { TimelineEvent } from '../api.ts'
import { visibilityIn } from '../state/perspective.ts'
import { type EventRow, eventColumns, fromRow, type StoredEvent } from '../timeline/stored-event.ts'

/** What the directory shows of a room, besides its id and the number of its members. */
type Summary = { shown: JsonObject; roomType: string | undefined; searchText: string }

/** The types of the state, each with an empty state key, that say what a room is like. */
export const summarisedTypes = [
  'm.room.create',
  'm.room.name',
  'm.room.topic',
  'm.room.canonical_alias',
  'm.room.avatar',
  'm.room.join_rules',
  'm.room.guest_access',
  'm.room.history_visibility',
]

/** Rooms summarised in one go: bounds what is in memory at a time. */
const roomsAtOnce = 200

/**
 * Brings the directory's entries up to date with the state of their rooms. That is done by whoever reads the
 * directory, so that joining a listed room costs nothing more than joining another, and no entry stays wrong.
 */
export async function refreshSummaries(db: Database): Promise<void> {
  for (;;) {
    const stale = await db.rows<{ roomId: string; position: number }>(sql`
      select room.room_id as "roomId", room.state_position as position
      from rooms.published_room join rooms.room using (room_id)
      where room.state_position > published_room.summary_position
      limit ${roomsAtOnce}`)
    if (stale.length > 0) await summarise(db, stale)
    if (stale.length < roomsAtOnce) return
  }
}

async function summarise(
  db: Database,
  stale: readonly { roomId: string; position: number }[],
): Promise<void> {
  const roomIds = stale.map(({ roomId }) => roomId)
  const [events, members] = await Promise.all([loadState(db, roomIds), countMembers(db, roomIds)])
  const ofRooms = Map.groupBy(events, ({ roomId }) => roomId)
  const summaries = roomIds.map((roomId) => summaryOf(ofRooms.get(roomId) ?? []))
  // Never back to an older state, when several nodes do this at once.
  await db.run(sql`
    update rooms.published_room set summary_position = fresh.position, joined_members = fresh.joined_members,
      room_type = fresh.room_type, summary = fresh.summary, search_text = fresh.search_text
    from unnest(
      ${roomIds}::text[], ${stale.map(({ position }) => position)}::bigint[],
      ${roomIds.map((roomId) => members.get(roomId) ?? 0)}::integer[],
      ${summaries.map(({ roomType }) => roomType ?? null)}::text[],
      ${summaries.map(({ shown }) => JSON.stringify(shown))}::text[],
      ${summaries.map(({ searchText }) => searchText)}::text[]
    ) as fresh (room_id, position, joined_members, room_type, summary, search_text)
    where published_room.room_id = fresh.room_id and published_room.summary_position < fresh.position`)
}

async function loadState(db: Database, roomIds: readonly string[]): Promise<StoredEvent[]> {
  const rows = await db.rows<EventRow>(sql`
    select ${eventColumns}
    from unnest(${roomIds}::text[]) as asked (room_id)
    cross join unnest(${summarisedTypes}::text[]) as wanted (type)
    cross join lateral (
      select event_position from rooms.state_change as change
      where change.room_id = asked.room_id and change.type = wanted.type and change.state_key = ''
      order by change.position desc limit 1
    ) as current
    join rooms.event on event.room_id = asked.room_id and event.position = current.event_position`)
  return rows.map(fromRow)
}

async function countMembers(db: Database, roomIds: readonly string[]): Promise<Map<string, number>> {
  const rows = await db.rows<{ roomId: string; count: number }>(sql`
    select room_id as "roomId", count(*)::integer as count from rooms.membership
    where room_id = any(${roomIds}) and membership = 'join' group by room_id`)
  return new Map(rows.map(({ roomId, count }) => [roomId, count]))
}

/** https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3publicrooms */
export function summaryOf(events: readonly TimelineEvent[]): Summary {
  const ofType = (type: string) => events.find((event) => event.type === type)
  const content = (type: string) => ofType(type)?.content ?? {}
  const name = text(content('m.room.name')['name'])
  const topic = plainTopic(content('m.room.topic'))
  const { alias, alt_aliases: others } = content('m.room.canonical_alias')
  const canonicalAlias = text(alias)
  const avatarUrl = text(content('m.room.avatar')['url'])
  const joinRule = text(content('m.room.join_rules')['join_rule'])
  const roomType = text(content('m.room.create')['type'])
  const found = [name, topic, canonicalAlias, ...(Array.isArray(others) ? others : [])]
  return {
    shown: {
      ...(canonicalAlias !== undefined && { canonical_alias: canonicalAlias }),
      ...(name !== undefined && { name }),
      ...(topic !== undefined && { topic }),
      ...(avatarUrl !== undefined && { avatar_url: avatarUrl }),
      // Without a rule of its own a room needs invites, while an entry without one would stand for a public room.
      join_rule: joinRule ?? 'invite',
      ...(roomType !== undefined && { room_type: roomType }),
      world_readable: visibilityIn(ofType('m.room.history_visibility')) === 'world_readable',
      guest_can_join: content('m.room.guest_access')['guest_access'] === 'can_join',
    },
    roomType: roomType?.replaceAll('\0', ''),
    searchText: searchable(found.filter((part) => typeof part === 'string').join('\n')),
  }
}

/** As it is compared: PostgreSQL's text cannot hold a zero byte. */
export function searchable(text: string): string {
  return text.toLowerCase().replaceAll('\0', '')
}

/**
 * The plain text of a topic: of its representations the one in text/plain, if it has representations at all.
 * https://spec.matrix.org/v1.19/client-server-api/#mroomtopic
 */
function plainTopic(content: JsonObject): string | undefined {
  const block = content['m.topic']
  const texts = isJsonObject(block) ? block['m.text'] : undefined
  if (!Array.isArray(texts)) return text(content['topic'])
  const plain = texts.find(
    (entry) =>
      isJsonObject(entry) && (entry['mimetype'] ?? 'text/plain') === 'text/plain' && text(entry['body']),
  )
  return isJsonObject(plain) ? text(plain['body']) : undefined
}

/** Empty text means none. */
function text(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
