import { isJsonObject, type JsonValue } from '../../platform/json.ts'
import type { TimelineEvent } from '../rooms/api.ts'

/** https://spec.matrix.org/v1.19/client-server-api/#room_events */
export const searchKeys = ['content.body', 'content.name', 'content.topic'] as const
export type SearchKey = (typeof searchKeys)[number]

/** What of an event is searched under these keys; empty for events that are not. */
export function searchedText(event: TimelineEvent, keys: readonly SearchKey[] = searchKeys): string {
  const { type, stateKey, content } = event
  if (type === 'm.room.message' && stateKey === undefined && keys.includes('content.body'))
    return textOf(content['body'])
  if (type === 'm.room.name' && stateKey === '' && keys.includes('content.name'))
    return textOf(content['name'])
  if (type === 'm.room.topic' && stateKey === '' && keys.includes('content.topic'))
    return `${textOf(content['topic'])} ${plainTopic(content['m.topic'])}`.trim()
  return ''
}

function plainTopic(block: JsonValue | undefined): string {
  const texts = isJsonObject(block) ? block['m.text'] : undefined
  if (!Array.isArray(texts)) return ''
  const isPlain = (entry: JsonValue) =>
    isJsonObject(entry) && (entry['mimetype'] ?? 'text/plain') === 'text/plain'
  return texts
    .flatMap((entry) => (isPlain(entry) && isJsonObject(entry) ? textOf(entry['body']) : []))
    .join(' ')
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : ''
}
