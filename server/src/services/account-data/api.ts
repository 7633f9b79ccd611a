import type { JsonObject } from '../../platform/json.ts'
import type { Position } from '../../platform/stream/stream.ts'

export type AccountDataEntry = {
  /** Undefined: global. */
  roomId: string | undefined
  type: string
  content: JsonObject
  position: Position
}

export type AccountData = {
  get(userId: string, roomId: string | undefined, type: string): Promise<JsonObject | undefined>
  /** Stores and wakes the person's syncs. Types the server manages are refused by the route, not here. */
  put(userId: string, roomId: string | undefined, type: string, content: JsonObject): Promise<void>
  /** What changed in `(after, upTo]`; `after` 0: everything. */
  changes(userId: string, after: Position, upTo: Position): Promise<AccountDataEntry[]>
  /** From m.ignored_user_list; from memory while in use. */
  ignoredUsers(userId: string): Promise<ReadonlySet<string>>
}
