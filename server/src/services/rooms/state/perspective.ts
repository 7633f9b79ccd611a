import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { Membership, TimelineEvent } from '../api.ts'
import { parsePduText } from '../timeline/stored-event.ts'
import { membershipIn, type StateSnapshot } from './room-state.ts'

/** https://spec.matrix.org/v1.19/client-server-api/#mroomhistory_visibility */
export type HistoryVisibility = 'world_readable' | 'shared' | 'invited' | 'joined'

/**
 * How one person sees a room: stretches of positions in which neither the history visibility nor the person's membership
 * changes, oldest first, without gaps; the first begins at 0 and the last never ends.
 */
export type Perspective = { userId: string; stretches: readonly Stretch[] }

export type Stretch = {
  /** The event that begins it is part of it. */
  from: number
  visibility: HistoryVisibility
  /** Undefined before the person was first mentioned. */
  membership: Membership | undefined
  visible: boolean
}

type Change = { position: number; visibility?: HistoryVisibility; membership?: Membership }

/** An event is visible when its stretch is - or, for what ends a stretch for this person, the stretch before. */
export function sees(perspective: Perspective, event: TimelineEvent): boolean {
  const index = indexOf(perspective, event.position)
  const { stretches } = perspective
  if (stretches[index]?.visible) return true
  return (
    changesView(event, perspective.userId) &&
    isBeginning(stretches[index], event) &&
    visibleAt(stretches, index - 1)
  )
}

/**
 * Whether the person could see the event at `position` of the stream already: they were in the room when it was sent, or had come into the
 * room by then. That anybody could have looked in counts for nobody.
 */
export function sawBy(perspective: Perspective, event: TimelineEvent, position: number): boolean {
  const index = indexOf(perspective, event.position)
  const stretch = perspective.stretches[index]
  if (!stretch?.visible) return false
  const cameBy = ({ membership, from }: Stretch) => membership === 'join' && from <= position
  return stretch.membership === 'join' || perspective.stretches.slice(index + 1).some(cameBy)
}

/** The person's membership at an event, including what the event itself changes; someone never mentioned has left. */
export function membershipAt(perspective: Perspective, position: number): Membership {
  return perspective.stretches[indexOf(perspective, position)]?.membership ?? 'leave'
}

/** The positions that the person may see, as pairs of first and last; for use in queries. */
export function visibleRanges({ stretches }: Perspective): { from: number; upTo: number }[] {
  return stretches.flatMap(({ from, visible }, index) =>
    visible ? [{ from, upTo: (stretches[index + 1]?.from ?? Number.MAX_SAFE_INTEGER) - 1 }] : [],
  )
}

/** Both kinds of event may be seen by whoever could see what was before or what is after. */
function changesView(event: TimelineEvent, userId: string): boolean {
  if (event.type === 'm.room.history_visibility') return event.stateKey === ''
  return event.type === 'm.room.member' && event.stateKey === userId
}

function isBeginning(stretch: Stretch | undefined, event: TimelineEvent): boolean {
  return stretch?.from === event.position
}

function visibleAt(stretches: readonly Stretch[], index: number): boolean {
  return stretches[index]?.visible ?? false
}

function indexOf({ stretches }: Perspective, position: number): number {
  return stretches.findLastIndex(({ from }) => from <= position)
}

/**
 * The rules of https://spec.matrix.org/v1.19/client-server-api/#server-behaviour-6, one stretch at a time. Who has
 * forgotten the room sees what anybody may see.
 */
export function createPerspective(
  userId: string,
  changes: readonly Change[],
  forgotten: boolean,
): Perspective {
  const stretches: Stretch[] = []
  let current: Omit<Stretch, 'visible'> = { from: 0, visibility: 'shared', membership: undefined }
  for (const { position, ...change } of changes) {
    stretches.push({ ...current, visible: false })
    current = { ...current, ...change, from: position }
  }
  stretches.push({ ...current, visible: false })

  let joinsLater = false
  for (const stretch of stretches.toReversed()) {
    const { visibility, membership } = stretch
    stretch.visible =
      visibility === 'world_readable' ||
      (!forgotten &&
        (membership === 'join' ||
          (visibility === 'shared' && joinsLater) ||
          (visibility === 'invited' && membership === 'invite')))
    if (membership === 'join') joinsLater = true
  }
  return { userId, stretches }
}

/** Unknown values mean what no value means. */
export function visibilityIn(event: Pick<TimelineEvent, 'content'> | undefined): HistoryVisibility {
  const value = event?.content['history_visibility']
  return value === 'world_readable' || value === 'invited' || value === 'joined' ? value : 'shared'
}

/**
 * The perspective on the part of the room from `since` on, when the current state is enough to know it: neither of the
 * two deciding events is younger. That is so for nearly every sync.
 */
export function currentPerspective(
  state: StateSnapshot | undefined,
  userId: string,
  since: number,
): Perspective | undefined {
  const member = state?.event('m.room.member', userId)
  if (!state || !member || member.position > since || membershipIn(member) !== 'join') return undefined
  const visibility = state.event('m.room.history_visibility', '')
  if (visibility && visibility.position > since) return undefined
  return createPerspective(
    userId,
    [{ position: 0, visibility: visibilityIn(visibility), membership: 'join' }],
    false,
  )
}

/** The person's perspectives on whole rooms, read in one query. */
export async function loadPerspectives(
  db: Database,
  userId: string,
  roomIds: readonly string[],
): Promise<Map<string, Perspective>> {
  if (roomIds.length === 0) return new Map()
  const rows = await db.rows<ChangeRow>(sql`
    select asked.room_id, membership.forgotten_position is not null as forgotten, event.type, event.position, event.pdu
    from unnest(${roomIds}::text[]) as asked (room_id)
    left join rooms.membership on membership.user_id = ${userId} and membership.room_id = asked.room_id
    join rooms.state_change as change on change.room_id = asked.room_id and change.event_position = change.position
      and (change.type, change.state_key) in (('m.room.history_visibility', ''), ('m.room.member', ${userId}))
    join rooms.event on event.room_id = change.room_id and event.position = change.position
    order by event.position`)
  const perspectives = new Map<string, Perspective>()
  const ofRooms = Map.groupBy(rows, (row) => row.room_id)
  for (const roomId of roomIds) {
    const ofRoom = ofRooms.get(roomId) ?? []
    const forgotten = ofRoom.some((row) => row.forgotten)
    perspectives.set(roomId, createPerspective(userId, ofRoom.map(changeOf), forgotten))
  }
  return perspectives
}

type ChangeRow = { room_id: string; forgotten: boolean; type: string; position: number; pdu: string }

function changeOf({ position, type, pdu }: ChangeRow): Change {
  const { content } = parsePduText(pdu)
  if (type === 'm.room.history_visibility') return { position, visibility: visibilityIn({ content }) }
  const membership = membershipIn({ content })
  return membership === undefined ? { position } : { position, membership }
}
