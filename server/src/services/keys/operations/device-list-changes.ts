import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { Position } from '../../../platform/stream/stream.ts'
import type { Rooms, TimelineEvent } from '../../rooms/api.ts'
import type { Keys } from '../api.ts'

export type DeviceListChanges = { changed: string[]; left: string[] }
type Range = { after: Position; upTo: Position }
type Deps = {
  rooms: Pick<
    Rooms,
    | 'membershipsOf'
    | 'membershipChanges'
    | 'peopleSharingRooms'
    | 'roomsWithEvents'
    | 'state'
    | 'stateAt'
    | 'stateChanges'
  >
  keys: Pick<Keys, 'changedUsers'>
}

/**
 * Whose device list somebody must fetch again after having been away, and whom they need not follow any more: people
 * who share a room and changed their keys or began to share one, and people who may share none any more.
 *
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3keyschanges
 */
export async function deviceListChanges(
  deps: Deps,
  userId: string,
  range: Range,
): Promise<DeviceListChanges> {
  if (range.after >= range.upTo) return { changed: [], left: [] }
  const sharing = new Set(await deps.rooms.peopleSharingRooms(userId)).add(userId)
  const [withNewKeys, moved] = await Promise.all([
    deps.keys.changedUsers(sharing, range.after, range.upTo, userId),
    movedPeople(deps, userId, range),
  ])
  moved.delete(userId)
  for (const person of moved) if (sharing.has(person)) withNewKeys.add(person)
  const left = [...moved].filter((person) => !sharing.has(person))
  return { changed: [...withNewKeys].sort(), left: left.sort() }
}

/** People whose membership, or whose room with the user, came or went in the range; some of them in vain. */
async function movedPeople({ rooms }: Deps, userId: string, range: Range): Promise<Set<string>> {
  const { after, upTo } = range
  const memberships = await rooms.membershipsOf(userId)
  const joined = [...memberships.values()].filter(({ membership }) => membership === 'join')
  const busy = await rooms.roomsWithEvents(
    joined.map(({ roomId }) => roomId),
    after,
    upTo,
  )
  const own = await rooms.membershipChanges(userId, after, upTo)
  const moved = new Set<string>()
  for (const roomId of busy) addMembers(moved, await rooms.stateChanges(roomId, after, upTo))
  for (const roomId of new Set(own.map((event) => event.roomId))) {
    const state = await rooms.state(roomId)
    for (const member of state?.members('join') ?? []) moved.add(member)
  }
  // Whoever was there when the user went may be nowhere else.
  for (const { roomId, position } of own.filter(({ content }) => content['membership'] !== 'join')) {
    const members = await rooms.stateAt(roomId, position, [{ type: 'm.room.member' }])
    addMembers(
      moved,
      members.filter(({ content }) => content['membership'] === 'join'),
    )
  }
  return moved
}

function addMembers(people: Set<string>, events: readonly TimelineEvent[]): void {
  for (const { type, stateKey } of events) {
    if (type === 'm.room.member' && stateKey !== undefined) people.add(stateKey)
  }
}

/** From the database, for ranges that reach further back than a node remembers. Changes beyond `upTo` count too. */
export async function readChangedUsers(
  deps: { db: Database },
  userIds: readonly string[],
  after: Position,
): Promise<string[]> {
  const rows = await deps.db.rows<{ user_id: string }>(sql`
    select user_id from keys.person where user_id = any(${userIds}::text[]) and changed_position > ${after}`)
  return rows.map((row) => row.user_id)
}

/** Whose master key the signer has signed. */
export async function readSignedUsers(
  deps: { db: Database },
  signer: string,
  after: Position,
): Promise<string[]> {
  const rows = await deps.db.rows<{ target_user_id: string }>(sql`
    select target_user_id from keys.signature_notice where user_id = ${signer} and position > ${after}`)
  return rows.map((row) => row.target_user_id)
}
