import type { JsonObject } from '../../platform/json.ts'
import type { Position } from '../../platform/stream/stream.ts'

export type UnreadCounts = {
  notification: number
  highlight: number
  threads: ReadonlyMap<string, { notification: number; highlight: number }>
}

export type Push = {
  /** Unread counts of the person's joined rooms as of `upTo`. */
  unreadCounts(userId: string, roomIds: readonly string[], upTo: Position): Promise<Map<string, UnreadCounts>>
  /** Content of m.push_rules. */
  pushRules(userId: string): Promise<JsonObject>
  /** True when the person's push rules changed in `(after, upTo]`. */
  pushRulesChanged(userId: string, after: Position, upTo: Position): Promise<boolean>
}
