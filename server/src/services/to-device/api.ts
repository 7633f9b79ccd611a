import type { JsonObject } from '../../platform/json.ts'
import type { Position } from '../../platform/stream/stream.ts'

export type ToDevice = {
  /** Messages for a device in `(after, upTo]`, oldest first, at most `limit`; `last` is the position of the last one given when more wait. */
  pending(
    userId: string,
    deviceId: string,
    after: Position,
    upTo: Position,
    limit: number,
  ): Promise<{ events: JsonObject[]; last: Position | undefined }>
  /** Forgets messages up to `upTo`: the device has said, by its since token, that it has them. */
  acknowledge(userId: string, deviceId: string, upTo: Position): Promise<void>
}
