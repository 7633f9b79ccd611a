import type { Database } from '../../../platform/db/database.ts'
import type { Position } from '../../../platform/stream/stream.ts'
import { loadCheckpoints } from '../operations/checkpoints.ts'
import type { RoomsToCount } from './count-unread.ts'
import { freshState, type UnreadState } from './unread-state.ts'

export type StartingState = { state: UnreadState; isStored: boolean }

/**
 * What counting goes on from in rooms of which nothing is in memory: the checkpoint, or the join when there is none or
 * when the person has left and come back since. Rooms that the person is not joined to are left out.
 */
export async function startingStates(
  deps: { db: Database; rooms: RoomsToCount },
  userId: string,
  roomIds: readonly string[],
  upTo: Position,
): Promise<Map<string, StartingState>> {
  const [checkpoints, memberships] = await Promise.all([
    loadCheckpoints(deps.db, userId, roomIds),
    deps.rooms.membershipsOf(userId),
  ])
  const joined = roomIds.filter((roomId) => memberships.get(roomId)?.membership === 'join')
  const moved = joined.filter(
    (roomId) => (memberships.get(roomId)?.position ?? 0) > (checkpoints.get(roomId)?.upTo ?? -1),
  )
  const joins = await joinPositions(deps.rooms, userId, moved, checkpoints, upTo)

  const states = new Map<string, StartingState>()
  for (const roomId of joined) {
    const checkpoint = checkpoints.get(roomId)
    const since = joins.has(roomId) ? joins.get(roomId) : checkpoint?.since
    if (since === undefined) continue
    const goesOn = checkpoint !== undefined && checkpoint.since === since
    states.set(
      roomId,
      goesOn ? { state: checkpoint, isStored: true } : { state: freshState(since), isStored: false },
    )
  }
  return states
}

/**
 * Where the present stay in each room began; undefined when the person is not joined at `upTo`. A change of name is a
 * membership event too, so the last one need not be the join.
 */
async function joinPositions(
  rooms: RoomsToCount,
  userId: string,
  roomIds: readonly string[],
  checkpoints: ReadonlyMap<string, UnreadState>,
  upTo: Position,
): Promise<Map<string, Position | undefined>> {
  const joins = new Map<string, Position | undefined>()
  for (const roomId of roomIds) {
    const own = (await rooms.state(roomId))?.event('m.room.member', userId)
    if (own && own.replacesState === undefined && own.position <= upTo) joins.set(roomId, own.position)
  }
  const unclear = roomIds.filter((roomId) => !joins.has(roomId))
  if (unclear.length === 0) return joins

  const known = (roomId: string) => checkpoints.get(roomId)?.upTo ?? 0
  for (const roomId of unclear) joins.set(roomId, checkpoints.get(roomId)?.since)
  const after = Math.min(...unclear.map(known))
  for (const { roomId, position, content } of await rooms.membershipChanges(userId, after, upTo)) {
    if (!joins.has(roomId) || position <= known(roomId) || !unclear.includes(roomId)) continue
    const isJoined = content['membership'] === 'join'
    joins.set(roomId, isJoined ? (joins.get(roomId) ?? position) : undefined)
  }
  return joins
}
