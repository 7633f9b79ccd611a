import type { Membership, TimelineEvent } from '../../rooms/api.ts'

/** An event for tests of pure parts; its id is made from its position. */
export function timelineEvent(position: number, over: Partial<TimelineEvent> = {}): TimelineEvent {
  return {
    roomId: '!room',
    position,
    eventId: `$${position}`,
    type: 'm.room.message',
    stateKey: undefined,
    sender: '@ann:x',
    originServerTs: 1_700_000_000_000 + position,
    content: {},
    replacesState: undefined,
    redacts: undefined,
    redactedBy: undefined,
    transaction: undefined,
    relation: undefined,
    threadRoot: undefined,
    ...over,
  }
}

export function memberEvent(
  position: number,
  userId: string,
  membership: Membership,
  over: Partial<TimelineEvent> = {},
): TimelineEvent {
  return timelineEvent(position, {
    type: 'm.room.member',
    stateKey: userId,
    sender: userId,
    content: { membership },
    ...over,
  })
}
