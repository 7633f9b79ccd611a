import type { SendRecord, Timeline } from './history.ts'
import type { Violation } from './violation.ts'

/**
 * Each acknowledged send stands in the timeline once, under the event id of its acknowledgement; a send that was never
 * acknowledged at most once; and what was asked for after another send was acknowledged stands after it.
 */
export function checkSends(timeline: Timeline, sends: readonly SendRecord[], now: number): Violation[] {
  const { site, roomId } = timeline
  const places = new Map<string, { eventId: string; index: number }>()
  const violations: Violation[] = []
  for (const [index, { eventId, sendId }] of timeline.events.entries()) {
    if (sendId === undefined) continue
    const earlier = places.get(sendId)
    if (earlier)
      violations.push({
        what: 'doubled',
        detail: `send ${sendId} stands twice in the room, also as ${earlier.eventId}`,
        site,
        roomId,
        eventId,
        at: now,
      })
    else places.set(sendId, { eventId, index })
  }

  const found: { send: SendRecord; index: number }[] = []
  for (const send of sends) {
    if (send.acknowledgedAt === undefined || send.eventId === undefined) continue
    const place = places.get(send.id)
    const about = { who: send.who, site, roomId, eventId: send.eventId, at: send.acknowledgedAt }
    if (!place)
      violations.push({ what: 'lost', detail: `send ${send.id} was acknowledged and is not there`, ...about })
    else if (place.eventId !== send.eventId)
      violations.push({
        what: 'altered',
        detail: `send ${send.id} stands there as ${place.eventId}`,
        ...about,
      })
    else found.push({ send, index: place.index })
  }
  return [...violations, ...checkOrder(timeline, found)]
}

function checkOrder({ site, roomId }: Timeline, found: { send: SendRecord; index: number }[]): Violation[] {
  const violations: Violation[] = []
  let latestBegun: SendRecord | undefined
  for (const { send } of found.sort((a, b) => a.index - b.index)) {
    if (latestBegun && (send.acknowledgedAt ?? 0) < (latestBegun.begunAt ?? 0))
      violations.push({
        what: 'reordered',
        detail: `send ${send.id} was acknowledged before ${latestBegun.id} was asked for, and stands after it`,
        who: send.who,
        site,
        roomId,
        ...(send.eventId === undefined ? {} : { eventId: send.eventId }),
        at: send.acknowledgedAt ?? 0,
      })
    if (!latestBegun || (send.begunAt ?? 0) > (latestBegun.begunAt ?? 0)) latestBegun = send
  }
  return violations
}
