import { isJsonObject, type JsonObject } from '../../../platform/json.ts'
import type { Sources, View } from '../view.ts'

/** Presence of people who share rooms with the person: what changed, and all of those who have just come to. */
export async function presenceOf(
  { presence, neighbours }: Sources,
  view: View,
  arrived: ReadonlySet<string>,
): Promise<JsonObject[]> {
  const { caller, since, soft, filter } = view
  if (filter.presence.nothing) return []
  const moved = !since || since.soft !== soft
  const [events, ofArrived] = await Promise.all([
    moved ? presence.presence(caller.userId, await neighbours.of(view), since?.soft) : [],
    arrived.size === 0 ? [] : presence.presence(caller.userId, arrived, undefined),
  ])
  const bySender = new Map([...ofArrived, ...events].map((event) => [event['sender'], event]))
  return [...bySender.values()].filter((event) => isWanted(view, event))
}

function isWanted({ filter, ignored }: View, event: JsonObject): boolean {
  const { type, sender, content } = event
  if (typeof type !== 'string' || typeof sender !== 'string' || !isJsonObject(content)) return false
  return !ignored.has(sender) && filter.presence.matches({ type, sender, content })
}
