import type { Position } from '../../platform/stream/stream.ts'

export type Keys = {
  /** People whose device keys or cross-signing keys changed in `(after, upTo]`, among `userIds`. */
  changedUsers(userIds: ReadonlySet<string>, after: Position, upTo: Position): Promise<Set<string>>
  /** Unclaimed one-time keys per algorithm and unused fallback algorithms of a device; cheap enough for each sync. */
  counts(
    userId: string,
    deviceId: string,
  ): Promise<{ oneTimeKeys: Record<string, number>; unusedFallbackTypes: string[] }>
  /** True when the counts of this device changed in `(after, upTo]`. */
  countsChanged(userId: string, deviceId: string, after: Position, upTo: Position): boolean
}
