import type { JsonObject } from '../../../platform/json.ts'
import type { AccountDataEntry } from '../../account-data/api.ts'
import type { Sources, View } from '../view.ts'

export type OwnData = { global: JsonObject[]; byRoom: Map<string, JsonObject[]> }

/** The person's account data, global (push rules among it) and per room; all of it for `fresh` rooms. */
export async function ownDataOf(sources: Sources, view: View, fresh: readonly string[]): Promise<OwnData> {
  const { accountData, changes } = sources
  const { caller, since, upTo } = view
  const after = since?.position ?? 0
  const moved = !since || changes.person('account_data', caller.userId, after)
  const needsAll = since !== undefined && fresh.length > 0
  const [entries, all, pushRules] = await Promise.all([
    moved && !needsAll ? accountData.changes(caller.userId, after, upTo) : [],
    needsAll ? accountData.changes(caller.userId, 0, upTo) : [],
    pushRulesOf(sources, view),
  ])
  const freshIds = new Set(fresh)
  const isNew = ({ roomId, position }: AccountDataEntry) =>
    position > after || (roomId !== undefined && freshIds.has(roomId))

  const found: OwnData = { global: pushRules, byRoom: new Map() }
  for (const entry of [...entries, ...all.filter(isNew)]) addEntry(view, found, entry)
  return found
}

function addEntry({ filter }: View, found: OwnData, { roomId, type, content }: AccountDataEntry): void {
  const event = { type, content }
  if (roomId === undefined) {
    if (filter.accountData.matches(event)) found.global.push(event)
    return
  }
  if (!filter.roomAccountData.room(roomId) || !filter.roomAccountData.matches(event)) return
  const events = found.byRoom.get(roomId)
  if (events) events.push(event)
  else found.byRoom.set(roomId, [event])
}

/** https://spec.matrix.org/v1.19/client-server-api/#push-rules-events */
async function pushRulesOf({ push, changes }: Sources, view: View): Promise<JsonObject[]> {
  const { caller, since, upTo, filter } = view
  const changed =
    !since ||
    (changes.person('push', caller.userId, since.position) &&
      (await push.pushRulesChanged(caller.userId, since.position, upTo)))
  if (!changed || filter.accountData.nothing) return []
  const event = { type: 'm.push_rules', content: await push.pushRules(caller.userId) }
  return filter.accountData.matches(event) ? [event] : []
}
