import type { JsonObject } from '../../../platform/json.ts'
import { formatToken } from '../../../platform/stream/token.ts'
import type { TimelineEvent } from '../../rooms/api.ts'
import { arrayOf, eventsOf, type Json, json, objectOf } from '../json-text.ts'
import type { View } from '../view.ts'
import type { Look } from './look.ts'
import type { Timeline } from './timeline.ts'

/** What a joined room's part of the answer is made from; `look` is undefined when it has no new events. */
export type JoinedParts = {
  look: Look | undefined
  ephemeral: readonly JsonObject[]
  accountData: readonly JsonObject[]
  unread: JsonObject
}

type Texts = ReadonlyMap<string, Json>

/** https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3sync_response-200_joined-room */
export function joinedText(view: View, texts: Texts, parts: JoinedParts): Json {
  const { look, ephemeral, accountData, unread } = parts
  return objectOf([
    ['summary', look?.summary && json(look.summary)],
    ...eventParts(view, texts, look),
    ['ephemeral', eventsOf(ephemeral.map(json))],
    ['account_data', eventsOf(accountData.map(json))],
    ...Object.entries(unread).map(([key, value]) => [key, json(value)] as const),
  ])
}

/** https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3sync_response-200_left-room */
export function leftText(view: View, texts: Texts, look: Look, accountData: readonly JsonObject[]): Json {
  return objectOf([
    ...eventParts(view, texts, look),
    ['account_data', accountData.length > 0 ? eventsOf(accountData.map(json)) : undefined],
  ])
}

function eventParts(view: View, texts: Texts, look: Look | undefined): [string, Json][] {
  const timeline = look?.scene.timeline ?? emptyAt(view)
  return [
    [view.useStateAfter ? 'state_after' : 'state', eventsText(texts, look?.state ?? [])],
    ['timeline', timelineText(texts, timeline)],
  ]
}

function timelineText(texts: Texts, timeline: Timeline): Json {
  return objectOf([
    ['events', textsOf(texts, timeline.events)],
    ['limited', json(timeline.limited)],
    // At the beginning of a room, too, where it leads to nothing and might be left out: what matrix-js-sdk keeps of a room
    // for the next start of an app begins with the first event that came with this token.
    ['prev_batch', json(formatToken({ position: timeline.start - 1 }))],
  ])
}

function emptyAt({ upTo }: View): Timeline {
  return { events: [], all: [], start: upTo + 1, limited: false, fromBeginning: false }
}

function eventsText(texts: Texts, events: readonly TimelineEvent[]): Json {
  return objectOf([['events', textsOf(texts, events)]])
}

function textsOf(texts: Texts, events: readonly TimelineEvent[]): Json {
  const items = events.flatMap(({ eventId }) => texts.get(eventId) ?? [])
  return arrayOf(items)
}
