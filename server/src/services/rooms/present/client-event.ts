import type { JsonObject } from '../../../platform/json.ts'
import type { TimelineEvent } from '../api.ts'

/** The part of a client's view of an event that is the same for everybody, without `room_id` and `unsigned`. */
export function clientEvent(event: TimelineEvent): JsonObject {
  const { type, stateKey, sender, eventId, originServerTs, redacts } = event
  return {
    type,
    ...(stateKey !== undefined && { state_key: stateKey }),
    sender,
    content: contentShown(event),
    event_id: eventId,
    origin_server_ts: originServerTs,
    ...(redacts !== undefined && { redacts }),
  }
}

/**
 * Clients of any age find `redacts` where they look for it.
 * https://spec.matrix.org/v1.19/rooms/v11/#moving-the-redacts-property-of-mroomredaction-events-to-a-content-property
 */
function contentShown({ content, redacts, redactedBy }: TimelineEvent): JsonObject {
  return redacts === undefined || redactedBy !== undefined ? content : { ...content, redacts }
}

const texts = new WeakMap<TimelineEvent, string>()

/** `clientEvent` as JSON text, made once per event however many people get it. */
export function clientEventJson(event: TimelineEvent): string {
  let text = texts.get(event)
  if (text === undefined) {
    text = JSON.stringify(clientEvent(event))
    texts.set(event, text)
  }
  return text
}
