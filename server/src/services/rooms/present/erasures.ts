import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { Position, Stream } from '../../../platform/stream/stream.ts'
import type { TimelineEvent } from '../api.ts'
import { type PerspectiveDeps, perspectivesOn } from '../operations/perspectives.ts'
import { redactJson } from '../protocol/redact-event.ts'
import { defaultRoomVersion, roomVersion } from '../protocol/room-versions.ts'
import { sawBy } from '../state/perspective.ts'

/** Who has asked to be erased, and when. All of them are in memory: an entry each, for the few who ever ask. */
export type Erasures = {
  /** The others answer as of what is known when this resolves. */
  ready(): Promise<void>
  /** Undefined for whoever has not asked. */
  at(userId: string): Position | undefined
}

type Row = { userId: string; position: Position }

/** Follows the stream's topic `rooms_erased`: to be made before the stream starts. */
export function createErasures({ db, stream }: { db: Database; stream: Stream }): Erasures {
  const known = new Map<string, Position>()
  let loaded: Promise<void> | undefined

  function take(rows: readonly Row[]): void {
    for (const { userId, position } of rows) known.set(userId, position)
  }

  stream.follow('rooms_erased', async (after, upTo) => {
    take(
      await db.rows<Row>(sql`
        select user_id as "userId", position from rooms.erased_person
        where position > ${after} and position <= ${upTo}`),
    )
    return {}
  })

  async function load(): Promise<void> {
    take(await db.rows<Row>(sql`select user_id as "userId", position from rooms.erased_person`))
  }

  return {
    ready() {
      loaded ??= load().catch((error: unknown) => {
        loaded = undefined
        throw error
      })
      return loaded
    },
    at: (userId) => known.get(userId),
  }
}

/** Asks for the person's messages to be shown to nobody who could not see them by now. Asking again changes nothing. */
export async function erasePerson(
  { db, stream }: { db: Database; stream: Stream },
  userId: string,
): Promise<void> {
  const position = await db.transaction(async (tx) => {
    const [known] = await tx.rows(sql`select 1 from rooms.erased_person where user_id = ${userId}`)
    if (known) return undefined
    const given = await stream.allocate(tx, 'rooms_erased', 1)
    await tx.run(sql`
      insert into rooms.erased_person (user_id, position) values (${userId}, ${given}) on conflict do nothing`)
    return given
  })
  if (position !== undefined) stream.committed(position)
}

/**
 * The events as this person gets them: those of somebody erased as redaction would leave them, unless the person could see them
 * before.
 * https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3accountdeactivate
 */
export async function withoutErased<Event extends TimelineEvent>(
  deps: PerspectiveDeps & { erasures: Erasures },
  userId: string,
  events: readonly Event[],
): Promise<readonly Event[]> {
  await deps.erasures.ready()
  const hit = events.filter(({ sender }) => deps.erasures.at(sender) !== undefined)
  if (hit.length === 0) return events
  const perspectives = await perspectivesOn(deps, userId, hit)
  const shown = new Map<Event, Event>()
  for (const event of hit) {
    const perspective = perspectives.get(event.roomId)
    if (perspective && sawBy(perspective, event, deps.erasures.at(event.sender) ?? 0)) continue
    const version = roomVersion((await deps.states.get(event.roomId))?.version ?? '') ?? defaultRoomVersion
    const { content } = redactJson(version, { type: event.type, content: event.content })
    // Redaction leaves an object in the place of one.
    shown.set(event, { ...event, content: content as Event['content'] })
  }
  return events.map((event) => shown.get(event) ?? event)
}
