import type { Position } from '../../platform/stream/stream.ts'
import { formatToken, type StreamToken } from '../../platform/stream/token.ts'
import { eventsOf, type Json, json, objectOf } from './json-text.ts'
import { type DeviceNews, deviceNewsOf } from './sections/device.ts'
import { deviceListsOf } from './sections/device-lists.ts'
import { movedPeople } from './sections/people.ts'
import { presenceOf } from './sections/presence.ts'
import { gatherRooms, roomsText } from './sections/rooms.ts'
import type { Sources, View } from './view.ts'

export type Answer = {
  /** Body of the response. */
  text: Json
  /** Nothing in it is new: a waiting client can go on waiting, from `next`. */
  empty: boolean
  next: StreamToken
}

/** https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3sync */
export async function answerOf(sources: Sources, view: View): Promise<Answer> {
  const [news, device] = await Promise.all([gatherRooms(sources, view), deviceNewsOf(sources, view)])
  const moved = await movedPeople(sources, view, news)
  const [rooms, lists, presence] = await Promise.all([
    roomsText(sources, view, news),
    deviceListsOf(sources, view, moved),
    presenceOf(sources, view, moved.arrived),
  ])
  const next = nextToken(view, device?.messagesUpTo)
  const { global } = news.ownData
  const messages = device?.messages ?? []
  const text = objectOf([
    ['next_batch', json(formatToken(next))],
    ['account_data', global.length > 0 ? eventsOf(global.map(json)) : undefined],
    ['presence', presence.length > 0 ? eventsOf(presence.map(json)) : undefined],
    ['to_device', messages.length > 0 ? eventsOf(messages.map(json)) : undefined],
    ['device_lists', lists && json(lists)],
    ...keyCounts(device),
    ['rooms', rooms],
  ])
  const empty =
    !rooms && global.length + presence.length + messages.length === 0 && !lists && !device?.countsChanged
  return { text, empty, next }
}

/** Nothing to tell: the client asks again from where it is. */
export function unchanged(since: StreamToken): string {
  return objectOf([['next_batch', json(formatToken(since))]])
}

function nextToken({ upTo, soft }: View, messagesUpTo: Position | undefined): StreamToken {
  return { position: upTo, toDevice: messagesUpTo, soft }
}

/** https://spec.matrix.org/v1.19/client-server-api/#e2e-extensions-to-sync */
function keyCounts(device: DeviceNews | undefined): [string, Json][] {
  if (!device) return []
  return [
    ['device_one_time_keys_count', json(device.oneTimeKeys)],
    ['device_unused_fallback_key_types', json(device.unusedFallbackTypes)],
  ]
}
