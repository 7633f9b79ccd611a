import type { JsonObject } from '../../../platform/json.ts'
import type { SlidingSyncBody } from '../sliding/request.ts'
import { callerFor, type EventAnswer, type SyncNode } from './nodes.ts'

/** The parts of a sliding sync's answer that tests look at, typed as they are in JSON. */
export type SlidingAnswer = {
  pos: string
  lists: Record<string, { count: number }>
  rooms: Record<string, SlidingRoom>
  extensions: {
    to_device?: { next_batch: string; events: EventAnswer[] }
    e2ee?: { device_lists?: { changed: string[]; left: string[] }; device_one_time_keys_count: JsonObject }
    account_data?: { global: EventAnswer[]; rooms: Record<string, EventAnswer[]> }
    receipts?: { rooms: Record<string, { type: string; content: JsonObject }> }
    typing?: { rooms: Record<string, { type: string; content: { user_ids: string[] } }> }
  }
}

export type SlidingRoom = {
  initial?: boolean
  membership: string
  bump_stamp: number
  lists?: string[]
  is_dm?: boolean
  required_state?: EventAnswer[]
  timeline?: EventAnswer[]
  limited?: boolean
  prev_batch?: string
  num_live?: number
  expanded_timeline?: boolean
  unstable_expanded_timeline?: boolean
  name?: string | null
  avatar?: string | null
  heroes?: { user_id: string; displayname?: string }[]
  joined_count?: number
  invited_count?: number
  stripped_state?: EventAnswer[]
  invite_state?: EventAnswer[]
  notification_count?: number
  highlight_count?: number
}

export type SlidingOptions = { timeoutMs?: number; sessionId?: string; gone?: AbortSignal }

/** One sliding sync of a person, as the answer's JSON. It does not wait unless `timeoutMs` says so. */
export async function slidingSync(
  node: SyncNode,
  userId: string,
  body: SlidingSyncBody,
  { timeoutMs = 0, sessionId, gone = new AbortController().signal }: SlidingOptions = {},
): Promise<SlidingAnswer> {
  const text = await node.sync.slidingSync({
    caller: callerFor(userId, sessionId),
    body,
    setPresence: 'offline',
    timeoutMs,
    gone,
    stillAllowed: async () => undefined,
  })
  return JSON.parse(text)
}

/** One list of everything, with so much of each room. */
export function everyRoom(
  timelineLimit = 10,
  requiredState: [string, string][] = [],
): Pick<SlidingSyncBody, 'lists'> {
  return { lists: { all: { timeline_limit: timelineLimit, required_state: requiredState } } }
}

export function bodies(events: readonly EventAnswer[] | undefined): unknown[] {
  return (events ?? []).map(({ content, type }) => content['body'] ?? type)
}
