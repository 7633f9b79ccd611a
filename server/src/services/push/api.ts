import type { JsonObject } from '../../platform/json.ts'
import type { Position } from '../../platform/stream/stream.ts'

export type Counts = { readonly notification: number; readonly highlight: number }

/** https://spec.matrix.org/v1.19/client-server-api/#receiving-notifications */
export type UnreadCounts = {
  /** Of the main timeline. */
  readonly main: Counts
  /** By thread root; threads without unread notifications are left out. */
  readonly threads: ReadonlyMap<string, Counts>
  /** Of main timeline and threads together: what a client gets that did not ask for counts per thread. */
  readonly total: Counts
}

export type Push = {
  /**
   * Unread counts of the person's joined rooms, with all events and receipts up to `upTo` counted; every one of
   * `roomIds` has an entry. Costs what happened in these rooms since the person last asked.
   */
  unreadCounts(userId: string, roomIds: readonly string[], upTo: Position): Promise<Map<string, UnreadCounts>>
  /** Content of m.push_rules. */
  pushRules(userId: string): Promise<JsonObject>
  /** True when the person's push rules changed in `(after, upTo]`. */
  pushRulesChanged(userId: string, after: Position, upTo: Position): Promise<boolean>
}
