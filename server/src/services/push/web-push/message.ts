import { isJsonObject, type JsonObject } from '../../../platform/json.ts'
import { isUrgent } from '../pushers/notification.ts'
import type { LeasedPusher } from '../pushers/pusher.ts'
import type { ToSend } from '../pushers/what-to-send.ts'

/**
 * What a browser is told about an event: where it is and how much is unread, on top of what the client wants back with every message
 * (`data.default_payload`, such as whose account it is). Never what somebody wrote, which the client gets as it gets all events.
 */
export function messageOf(pusher: LeasedPusher, { event, outcome }: ToSend, badge: number): JsonObject {
  const given = pusher.data['default_payload']
  return {
    ...(isJsonObject(given) && given),
    event_id: event.eventId,
    room_id: event.roomId,
    prio: isUrgent({ event, outcome }) ? 'high' : 'low',
    unread: badge,
  }
}
