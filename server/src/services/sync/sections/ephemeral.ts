import { isJsonObject, type JsonObject } from '../../../platform/json.ts'
import type { Receipt } from '../../receipts/api.ts'
import type { Sources, View } from '../view.ts'

/** What is new besides events, per joined room. */
export type Ephemeral = {
  events: Map<string, JsonObject[]>
  /** Rooms in which the person's own receipts moved, so that their unread counts may have. */
  read: Set<string>
}

/** `known` and `fresh` are the joined rooms that the client has, and those it gets anew. */
export async function ephemeralOf(
  sources: Sources,
  view: View,
  known: readonly string[],
  fresh: readonly string[],
): Promise<Ephemeral> {
  const receipts = await receiptsOf(sources, view, known, fresh)
  const found: Ephemeral = { events: new Map(), read: new Set() }
  for (const [roomId, ofRoom] of receipts) {
    if (ofRoom.some(({ userId }) => userId === view.caller.userId)) found.read.add(roomId)
    for (const event of receiptEvents(sources, view, ofRoom)) add(view, found, roomId, event)
  }
  for (const [roomId, content] of typingOf(sources, view, known, fresh))
    add(view, found, roomId, { type: 'm.typing', content })
  return found
}

function add({ filter }: View, found: Ephemeral, roomId: string, event: JsonObject): void {
  const { type, content } = event
  if (typeof type !== 'string' || !isJsonObject(content)) return
  if (!filter.ephemeral.room(roomId) || !filter.ephemeral.matches({ type, content })) return
  const events = found.events.get(roomId)
  if (events) events.push(event)
  else found.events.set(roomId, [event])
}

export async function receiptsOf(
  { receipts, changes }: Sources,
  { caller, since, upTo }: View,
  known: readonly string[],
  fresh: readonly string[],
): Promise<Map<string, Receipt[]>> {
  const after = since?.position ?? 0
  const own = changes.person('receipts', caller.userId, after)
  const moved = own ? known : known.filter((roomId) => changes.room('receipts', roomId, after))
  const [ofKnown, ofFresh] = await Promise.all([
    moved.length === 0 ? undefined : receipts.changes(caller.userId, moved, after, upTo),
    fresh.length === 0 ? undefined : receipts.changes(caller.userId, fresh, 0, upTo),
  ])
  return new Map([...(ofKnown ?? []), ...(ofFresh ?? [])])
}

/** One event per room and thread. https://spec.matrix.org/v1.19/client-server-api/#server-behaviour-4 */
function receiptEvents({ receipts }: Sources, { ignored }: View, ofRoom: readonly Receipt[]): JsonObject[] {
  const heard = ignored.size === 0 ? ofRoom : ofRoom.filter(({ userId }) => !ignored.has(userId))
  const byThread = Map.groupBy(heard, ({ threadId }) => threadId)
  // `present` gives what will be JSON; its values are not typed as such.
  return [...byThread.values()].map((ofThread) => ({
    type: 'm.receipt',
    content: receipts.present(ofThread) as JsonObject,
  }))
}

export function typingOf(
  { presence }: Sources,
  { ignored, since, soft }: View,
  known: readonly string[],
  fresh: readonly string[],
): Map<string, JsonObject> {
  const moved = since && since.soft !== soft ? presence.typing(known, since.soft) : new Map()
  const typing = fresh.length === 0 ? moved : new Map([...moved, ...presence.typing(fresh, undefined)])
  if (ignored.size === 0) return typing
  return new Map([...typing].map(([roomId, content]) => [roomId, withoutIgnored(content, ignored)]))
}

function withoutIgnored(content: JsonObject, ignored: ReadonlySet<string>): JsonObject {
  const userIds = content['user_ids']
  if (!Array.isArray(userIds)) return content
  return {
    ...content,
    user_ids: userIds.filter((userId) => typeof userId !== 'string' || !ignored.has(userId)),
  }
}
