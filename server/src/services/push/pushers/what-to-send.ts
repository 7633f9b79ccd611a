import type { Position } from '../../../platform/stream/stream.ts'
import type { AccountData } from '../../account-data/api.ts'
import type { MembershipEntry, RoomState, Rooms, TimelineEvent } from '../../rooms/api.ts'
import type { Outcome } from '../rules/evaluate.ts'
import type { RulesCache } from '../rules-in-use.ts'
import type { Judge } from '../unread/judge.ts'
import type { UnreadCounter } from '../unread/unread-counter.ts'

export type SendingDeps = {
  rooms: Pick<Rooms, 'membershipsOf' | 'state' | 'event' | 'eventsAfter'>
  accountData: Pick<AccountData, 'ignoredUsers'>
  rules: RulesCache
  judge: Judge
  unread: Pick<UnreadCounter, 'unread'>
}

export type ToSend = { event: TimelineEvent; outcome: Outcome; room: RoomState }

/** Newest notifications that are sent after a gateway was away: nobody wants to be woken a hundred times. */
const notificationsMax = 20

/**
 * What has notified a person after `after` and is unread at `upTo`, oldest first, with the number of all that is unread. What was
 * read, redacted or is by somebody who is ignored meanwhile is no longer among it.
 */
export async function whatToSend(
  deps: SendingDeps,
  userId: string,
  after: Position,
  upTo: Position,
): Promise<{ badge: number; notifications: ToSend[] }> {
  const memberships = [...(await deps.rooms.membershipsOf(userId)).values()]
  const joined = memberships.filter(({ membership }) => membership === 'join').map(({ roomId }) => roomId)
  const invites = memberships.filter(
    ({ membership, position }) => membership === 'invite' && position > after && position <= upTo,
  )
  let badge = 0
  const found: { roomId: string; position: Position }[] = invites.map(({ roomId, position }) => ({
    roomId,
    position,
  }))
  for (const [roomId, { counts, notifications }] of await deps.unread.unread(userId, joined, upTo)) {
    badge += counts.total.notification
    for (const { position } of notifications) if (position > after) found.push({ roomId, position })
  }
  const newest = found.sort((one, other) => one.position - other.position).slice(-notificationsMax)
  const sent: ToSend[] = []
  for (const place of newest) {
    const next = await judged(deps, userId, place, invites)
    if (next) sent.push(next)
  }
  return { badge, notifications: sent }
}

async function judged(
  deps: SendingDeps,
  userId: string,
  { roomId, position }: { roomId: string; position: Position },
  invites: readonly MembershipEntry[],
): Promise<ToSend | undefined> {
  const room = await deps.rooms.state(roomId)
  if (!room) return undefined
  const invite = invites.find((entry) => entry.roomId === roomId && entry.position === position)
  const event = invite
    ? await deps.rooms.event(roomId, invite.eventId)
    : (await deps.rooms.eventsAfter(roomId, { after: position - 1, upTo: position, limit: 1 })).events[0]
  if (!event || event.redactedBy !== undefined) return undefined
  if (invite && (await deps.accountData.ignoredUsers(userId)).has(event.sender)) return undefined
  const { compiled } = await deps.rules.of(userId)
  const outcome = (await deps.judge.of([event], userId, compiled))(event)
  return outcome.notify ? { event, outcome, room } : undefined
}
