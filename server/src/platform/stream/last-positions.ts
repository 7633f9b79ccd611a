import type { Position } from './stream.ts'

/**
 * For each key, such as a device, how high its newest row in the stream lies: so that a sync which asks "anything new
 * for me?" is answered from memory. The reader of a topic feeds it with everything it takes in.
 *
 * It is bounded. What is forgotten lies at or below the floor, so the answer for a key that is not remembered is
 * the floor: never too low, at worst so high that somebody looks into the database in vain.
 */
export type LastPositions = {
  /** Takes in the rows in `(after, ...]`, in any order, as the topic's reader is given them. */
  take(after: Position, rows: Iterable<readonly [key: string, position: Position]>): void
  /** No row of this key that this node has read lies above the position given. */
  latest(key: string): Position
  /** No row of any key that this node has read lies above it. */
  newest(): Position
  /** Above it every key with a row is remembered; what `latest` gives for a key may be the floor itself. */
  floor(): Position
}

/** `position` is the stream's: what this node had read when it was first asked bounds what it has not seen itself. */
export function createLastPositions(position: () => Position, keysMax: number): LastPositions {
  const known = new Map<string, Position>()
  let floor: Position | undefined
  let newest: Position = 0

  function lowest(): Position {
    floor ??= position()
    return floor
  }

  function remember(key: string, at: Position): void {
    if (at <= Math.max(lowest(), known.get(key) ?? 0)) return
    // Deleting first keeps the map in the order of positions, so that the lowest is the one to forget.
    known.delete(key)
    known.set(key, at)
    newest = Math.max(newest, at)
    if (known.size <= keysMax) return
    const [oldest] = known
    if (!oldest) return
    known.delete(oldest[0])
    floor = Math.max(lowest(), oldest[1])
  }

  return {
    take(after, rows) {
      floor ??= after
      const sorted = [...rows].sort(([, left], [, right]) => left - right)
      for (const [key, at] of sorted) remember(key, at)
    },
    latest: (key) => known.get(key) ?? lowest(),
    newest: () => Math.max(newest, lowest()),
    floor: lowest,
  }
}
