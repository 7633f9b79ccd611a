import type { Position } from '../../../platform/stream/stream.ts'
import type { Membership, TimelineEvent } from '../../rooms/api.ts'

/** What a person's way through a room since the token means for the answer. */
export type Passage =
  /** `fresh`: they joined since the token, perhaps not for the first time, and get the room as if it were new to them. */
  | { section: 'join'; fresh: boolean }
  | { section: 'invite' | 'knock'; event: TimelineEvent }
  /**
   * They left, or were kicked or banned. `end` is where their last stay ended; `after` are their later membership
   * events, for example a ban, which they see though they see nothing else of the room any more.
   */
  | { section: 'leave'; stay: { end: Position; fresh: boolean } | undefined; after: TimelineEvent[] }

/**
 * Where a room belongs whose membership moved through `changes` (oldest first, not empty), beginning at `before`.
 * Only the last membership decides on the section; what lies between decides how much of the room is new.
 */
export function passageOf(before: Membership | undefined, changes: readonly TimelineEvent[]): Passage {
  const memberships = changes.map(membershipOf)
  const last = memberships.length - 1
  const event = changes[last]
  const now = memberships[last]
  if (!event || now === undefined) throw new Error('a passage has at least one membership event')
  if (now === 'invite' || now === 'knock') return { section: now, event }
  if (now === 'join') {
    const stayed = before === 'join' && memberships.every((membership) => membership === 'join')
    return { section: 'join', fresh: !stayed }
  }
  const lastJoin = memberships.lastIndexOf('join')
  const ending = changes[lastJoin + 1]
  if ((lastJoin >= 0 || before === 'join') && ending) {
    const stayed = before === 'join' && memberships.slice(0, lastJoin + 1).every((each) => each === 'join')
    return {
      section: 'leave',
      stay: { end: ending.position, fresh: !stayed },
      after: changes.slice(lastJoin + 2),
    }
  }
  const lastOpen = memberships.findLastIndex((each) => each === 'invite' || each === 'knock')
  return { section: 'leave', stay: undefined, after: changes.slice(lastOpen + 1) }
}

export function membershipOf(event: TimelineEvent | undefined): Membership | undefined {
  switch (event?.content['membership']) {
    case 'invite':
    case 'join':
    case 'knock':
    case 'leave':
    case 'ban':
      return event.content['membership']
    default:
      return undefined
  }
}
