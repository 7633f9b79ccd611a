import type { DeviceView, RoomView, Timeline } from './history.ts'
import type { Violation, ViolationKind } from './violation.ts'

/**
 * What a device was shown of a room is the room's timeline from where the device began: each event once, in the
 * server's order, none that is not there, and none left out.
 */
export function checkView(timeline: Timeline, device: DeviceView, view: RoomView, now: number): Violation[] {
  const { site, roomId, events } = timeline
  const who = `${device.who} ${device.deviceId}`
  const order = new Map(events.map(({ eventId }, index) => [eventId, index]))
  const violations: Violation[] = []
  const report = (what: ViolationKind, detail: string, eventId: string, at: number) =>
    violations.push({ what, detail, who, site, roomId, eventId, at })

  const begin = order.get(view.begin)
  if (begin === undefined) {
    report('vanished', `what stood last in the first sync is not there`, view.begin, now)
    return violations
  }
  const shown = new Set<string>()
  let last = begin
  for (const { eventId, at, site: shownBy } of view.seen) {
    const index = order.get(eventId)
    if (shown.has(eventId)) report('doubled', `shown again, by ${shownBy}`, eventId, at)
    else if (index === undefined)
      report('vanished', `shown by ${shownBy} and not there any more`, eventId, at)
    else if (index < last) report('reordered', `shown by ${shownBy} after what stands behind it`, eventId, at)
    else last = index
    shown.add(eventId)
  }
  const end = device.ended ? last : events.length - 1
  for (const { eventId } of events.slice(begin + 1, end + 1))
    if (!shown.has(eventId)) report('skipped', `never shown, though the sync went on beyond it`, eventId, now)
  return violations
}
