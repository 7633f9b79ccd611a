import type { Rooms, TimelineEvent } from '../../rooms/api.ts'
import type { Sources, View } from '../view.ts'
import { membershipOf } from './passage.ts'
import type { RoomPlan } from './room-plan.ts'
import type { Scene } from './state.ts'

/** Who came to share rooms with the person since the token, and who may have ceased to. */
export type MovedPeople = {
  /** Came into a room of the person's, or were there when the person came. */
  arrived: Set<string>
  /** The same of encrypted rooms only; also everybody in a room that was encrypted since. */
  arrivedEncrypted: Set<string>
  /** Left an encrypted room of the person's, or stayed when the person left it. */
  departedEncrypted: Set<string>
}

/** A joined room of which something has changed; `changed` is undefined when all of it is new. */
export type MovedRoom = {
  scene: Pick<Scene, 'roomId' | 'fresh' | 'current'>
  changed: readonly TimelineEvent[] | undefined
}

type Moves = { joined: ReadonlyMap<string, MovedRoom>; plan: Pick<RoomPlan, 'left'> }

type Deps = { rooms: Pick<Rooms, 'state' | 'stateAt' | 'events'> }

/** Of an incremental sync. Leans towards naming somebody too much, which costs a client one needless look. */
export async function movedPeople(sources: Sources, view: View, news: Moves): Promise<MovedPeople> {
  const found: MovedPeople = {
    arrived: new Set(),
    arrivedEncrypted: new Set(),
    departedEncrypted: new Set(),
  }
  if (!view.since) return found
  await Promise.all([
    ...[...news.joined.values()].map((look) => ofJoinedRoom(sources, look, found)),
    ...news.plan.left.map(async ({ roomId, stay }) => {
      if (stay) await ofLeftRoom(sources, roomId, stay.end, found)
    }),
  ])
  for (const people of Object.values(found)) people.delete(view.caller.userId)
  return found
}

async function ofJoinedRoom(deps: Deps, { scene, changed }: MovedRoom, found: MovedPeople): Promise<void> {
  const members = changed?.filter(({ type }) => type === 'm.room.member')
  const newlyEncrypted = changed?.some(({ type }) => type === 'm.room.encryption') ?? false
  if (members?.length === 0 && !newlyEncrypted) return
  const state = scene.current ?? (await deps.rooms.state(scene.roomId))
  if (!state) return
  const isEncrypted = state.event('m.room.encryption', '') !== undefined
  if (scene.fresh) addAll(found.arrived, state.members('join'))
  if (isEncrypted && (scene.fresh || newlyEncrypted)) addAll(found.arrivedEncrypted, state.members('join'))
  if (scene.fresh || !members) return
  const wasJoined = await joinedBefore(deps, scene.roomId, members)
  for (const member of members) {
    if (member.stateKey === undefined) continue
    const isJoined = membershipOf(member) === 'join'
    if (isJoined === wasJoined(member)) continue
    if (isJoined) found.arrived.add(member.stateKey)
    if (isEncrypted) (isJoined ? found.arrivedEncrypted : found.departedEncrypted).add(member.stateKey)
  }
}

/** Whether somebody was joined before a change. Only the last change since the token is known: the one before may itself be new. */
async function joinedBefore(
  { rooms }: Deps,
  roomId: string,
  members: readonly TimelineEvent[],
): Promise<(member: TimelineEvent) => boolean> {
  const ids = members.flatMap(({ replacesState }) => replacesState ?? [])
  const before = ids.length === 0 ? [] : await rooms.events(roomId, ids)
  const byId = new Map(before.map((event) => [event.eventId, event]))
  return ({ replacesState }) => membershipOf(byId.get(replacesState ?? '')) === 'join'
}

async function ofLeftRoom(deps: Deps, roomId: string, end: number, found: MovedPeople): Promise<void> {
  const encryption = await deps.rooms.stateAt(roomId, end, [{ type: 'm.room.encryption', stateKey: '' }])
  if (encryption.length === 0) return
  for (const member of await deps.rooms.stateAt(roomId, end, [{ type: 'm.room.member' }])) {
    if (membershipOf(member) === 'join' && member.stateKey !== undefined)
      found.departedEncrypted.add(member.stateKey)
  }
}

function addAll(set: Set<string>, items: Iterable<string>): void {
  for (const item of items) set.add(item)
}
