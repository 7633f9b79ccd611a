import { checkSends } from './check-sends.ts'
import { checkView } from './check-views.ts'
import type { DeviceView, SendRecord, Timeline } from './history.ts'
import type { Violation } from './violation.ts'

/** Compares every client's history with what every site tells, room by room. */
export function checkHistory(
  history: { sends: readonly SendRecord[]; devices: readonly DeviceView[] },
  timelines: readonly Timeline[],
  now: number,
): Violation[] {
  const sends = Map.groupBy(history.sends, ({ roomId }) => roomId)
  const views = Map.groupBy(
    history.devices.flatMap((device) => device.rooms.map((view) => ({ device, view }))),
    ({ view }) => view.roomId,
  )
  const violations: Violation[] = []
  for (const [roomId, told] of Map.groupBy(timelines, (timeline) => timeline.roomId)) {
    const [first, ...others] = told
    if (!first) continue
    const judged = [first]
    for (const other of others) {
      const difference = differenceOf(first, other, now)
      // A site that tells the same needs no second judgement.
      if (!difference) continue
      violations.push(difference)
      judged.push(other)
    }
    for (const timeline of judged) {
      violations.push(...checkSends(timeline, sends.get(roomId) ?? [], now))
      for (const { device, view } of views.get(roomId) ?? [])
        violations.push(...checkView(timeline, device, view, now))
    }
  }
  return violations
}

function differenceOf(a: Timeline, b: Timeline, now: number): Violation | undefined {
  const length = Math.max(a.events.length, b.events.length)
  for (let i = 0; i < length; i++) {
    const [here, there] = [a.events[i]?.eventId, b.events[i]?.eventId]
    if (here === there) continue
    return {
      what: 'diverged',
      detail: `event ${i} of the room is ${here ?? 'missing'} at ${a.site} and ${there ?? 'missing'} here`,
      site: b.site,
      roomId: b.roomId,
      ...(there === undefined ? {} : { eventId: there }),
      at: now,
    }
  }
  return undefined
}
