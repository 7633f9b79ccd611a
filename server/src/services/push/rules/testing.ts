import { type PreparedEvent, type PushEvent, prepareEvent, type RoomFacts } from './prepared-event.ts'

export const ALICE = '@alice:example.org'
export const BOB = '@bob:example.org'
export const ROOM = '!room:example.org'

/** A text message of Bob's, changed as a test wants it. */
export function eventOf(changes: Partial<PushEvent> = {}): PushEvent {
  return {
    type: 'm.room.message',
    sender: BOB,
    room_id: ROOM,
    content: { msgtype: 'm.text', body: 'It is time for tea' },
    ...changes,
  }
}

/** The same event, ready to be judged, in a room of three in which nobody may notify the whole room. */
export function preparedEvent(
  changes: Partial<PushEvent> = {},
  room: Partial<RoomFacts> = {},
): PreparedEvent {
  return prepareEvent(eventOf(changes), { memberCount: 3, mayNotify: () => false, ...room })
}
