import type { Position } from '../../platform/stream/stream.ts'

export type Keys = {
  /**
   * Those of `userIds` whose device keys or cross-signing keys changed in `(after, upTo]`, and those whose master
   * key the viewer has signed in that range, because only the viewer can see that. A change that came after `upTo` may
   * be told too early, and is then told again.
   */
  changedUsers(
    userIds: ReadonlySet<string>,
    after: Position,
    upTo: Position,
    viewer: string,
  ): Promise<Set<string>>
  /** Unclaimed one-time keys per algorithm and unused fallback algorithms of a device; cheap enough for each sync. */
  counts(
    userId: string,
    deviceId: string,
  ): Promise<{ oneTimeKeys: Record<string, number>; unusedFallbackTypes: string[] }>
  /** True when the counts of this device changed in `(after, upTo]`. */
  countsChanged(userId: string, deviceId: string, after: Position, upTo: Position): boolean
}
