import type { Position } from '../../../platform/stream/stream.ts'
import type { MembershipEntry, TimelineEvent } from '../../rooms/api.ts'
import type { Sources, View } from '../view.ts'
import { membershipOf, passageOf } from './passage.ts'

/** A joined room of the answer, or one that may be part of it. */
export type JoinedPlan = {
  roomId: string
  /** All of it is new to the client. */
  fresh: boolean
}

export type LeftPlan = {
  roomId: string
  stay: { end: Position; fresh: boolean } | undefined
  after: TimelineEvent[]
}

/** Which rooms belong into which section of the answer. */
export type RoomPlan = {
  joined: JoinedPlan[]
  left: LeftPlan[]
  invited: MembershipEntry[]
  knocked: MembershipEntry[]
}

/** Forgotten rooms never appear. https://spec.matrix.org/v1.19/client-server-api/#leaving-rooms */
export async function planRooms(sources: Sources, view: View): Promise<RoomPlan> {
  const plan: RoomPlan = { joined: [], left: [], invited: [], knocked: [] }
  const changes = view.since && (await changesByRoom(sources, view, view.since.position))
  const pending: Promise<void>[] = []
  for (const entry of view.memberships.values()) {
    if (entry.forgotten || !view.filter.room(entry.roomId)) continue
    const ofRoom = changes?.get(entry.roomId)
    if (ofRoom) pending.push(placeChanged(sources, plan, entry, ofRoom))
    else if (entry.membership === 'join') plan.joined.push({ roomId: entry.roomId, fresh: !changes })
    else if (entry.membership === 'invite' && !changes) plan.invited.push(entry)
    else if (entry.membership === 'knock' && !changes) plan.knocked.push(entry)
    else if (isPast(entry) && view.filter.includeLeave && (!changes || view.fullState))
      pending.push(placeArchived(sources, plan, entry))
  }
  await Promise.all(pending)
  // https://spec.matrix.org/v1.19/client-server-api/#ignoring-users
  plan.invited = plan.invited.filter(({ sender }) => !view.ignored.has(sender))
  if (plan.invited.length > 0 && (await blocksInvites(sources, view))) plan.invited = []
  return plan
}

/** https://spec.matrix.org/v1.19/client-server-api/#invite-permission */
async function blocksInvites({ accountData }: Sources, { caller }: View): Promise<boolean> {
  const permission = await accountData.get(caller.userId, undefined, 'm.invite_permission_config')
  return permission?.['default_action'] === 'block'
}

function isPast({ membership }: MembershipEntry): boolean {
  return membership === 'leave' || membership === 'ban'
}

async function changesByRoom(
  { rooms, changes }: Sources,
  { caller, upTo }: View,
  after: Position,
): Promise<Map<string, TimelineEvent[]>> {
  if (!changes.membership(caller.userId, after)) return new Map()
  const events = await rooms.membershipChanges(caller.userId, after, upTo)
  return Map.groupBy(events, ({ roomId }) => roomId)
}

async function placeChanged(
  { rooms }: Sources,
  plan: RoomPlan,
  entry: MembershipEntry,
  changes: readonly TimelineEvent[],
): Promise<void> {
  const { roomId } = entry
  const replaced = changes[0]?.replacesState
  const before = replaced === undefined ? undefined : membershipOf(await rooms.event(roomId, replaced))
  const passage = passageOf(before, changes)
  switch (passage.section) {
    case 'join':
      plan.joined.push({ roomId, fresh: passage.fresh })
      return
    case 'invite':
      plan.invited.push(entry)
      return
    case 'knock':
      plan.knocked.push(entry)
      return
    case 'leave':
      plan.left.push({ roomId, stay: passage.stay, after: passage.after })
  }
}

const stepsMax = 20

/** A room that was left long ago: follows its membership events back to the end of the last stay. */
async function placeArchived(sources: Sources, plan: RoomPlan, entry: MembershipEntry): Promise<void> {
  plan.left.push(await archived(sources, entry))
}

/** The end of the person's last stay in a room that they are not in any more. */
export async function archived(
  { rooms }: Pick<Sources, 'rooms'>,
  { roomId, eventId }: MembershipEntry,
): Promise<LeftPlan> {
  const after: TimelineEvent[] = []
  let id: string | undefined = eventId
  while (id !== undefined && after.length < stepsMax) {
    const event: TimelineEvent | undefined = await rooms.event(roomId, id)
    const membership = membershipOf(event)
    const ending = after[0]
    if (event && ending && membership === 'join')
      return { roomId, stay: { end: ending.position, fresh: true }, after: after.slice(1) }
    if (!event || (membership !== 'leave' && membership !== 'ban')) break
    after.unshift(event)
    id = event.replacesState
  }
  return { roomId, stay: undefined, after }
}
