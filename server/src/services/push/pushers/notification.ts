import type { JsonObject, JsonValue } from '../../../platform/json.ts'
import type { RoomState } from '../../rooms/api.ts'
import type { Outcome } from '../rules/evaluate.ts'
import type { LeasedPusher } from './pusher.ts'
import type { ToSend } from './what-to-send.ts'

/**
 * The `notification` of a request to a push gateway: about an event, or about the number of unread messages alone.
 * https://spec.matrix.org/v1.19/push-gateway-api/#post_matrixpushv1notify
 */
export function notificationOf(pusher: LeasedPusher, sent: ToSend | undefined, badge: number): JsonObject {
  const { url: _, ...data } = pusher.data
  const device = {
    app_id: pusher.appId,
    pushkey: pusher.pushkey,
    pushkey_ts: Math.floor(pusher.setAtMs / 1000),
    data,
    ...(sent && { tweaks: tweaksOf(sent.outcome) }),
  }
  const counts = badge > 0 ? { unread: badge } : {}
  if (!sent) return { prio: 'low', counts, devices: [device] }
  const { event } = sent
  return {
    event_id: event.eventId,
    room_id: event.roomId,
    ...(data['format'] !== 'event_id_only' && eventFields(sent, pusher.userId)),
    prio: isUrgent(sent) ? 'high' : 'low',
    counts,
    devices: [device],
  }
}

function eventFields({ event, room }: ToSend, userId: string): JsonObject {
  const { type, sender, content, stateKey } = event
  const fields: Record<string, JsonValue | undefined> = {
    type,
    sender,
    sender_display_name: textIn(room, 'm.room.member', sender, 'displayname'),
    room_name: textIn(room, 'm.room.name', '', 'name'),
    room_alias: textIn(room, 'm.room.canonical_alias', '', 'alias'),
    user_is_target: type === 'm.room.member' ? stateKey === userId : undefined,
    content,
  }
  const given = Object.entries(fields).filter((field): field is [string, JsonValue] => field[1] !== undefined)
  return Object.fromEntries(given)
}

/** What is encrypted may be anything: the client has to look at once. */
export function isUrgent({ event, outcome }: Pick<ToSend, 'event' | 'outcome'>): boolean {
  return outcome.highlight || outcome.sound !== undefined || event.type === 'm.room.encrypted'
}

function tweaksOf({ highlight, sound }: Outcome): JsonObject {
  return { ...(sound !== undefined && { sound }), ...(highlight && { highlight: true }) }
}

function textIn(room: RoomState, type: string, stateKey: string, key: string): string | undefined {
  const value = room.event(type, stateKey)?.content[key]
  return typeof value === 'string' && value !== '' ? value : undefined
}
