import type { Position } from '../../../platform/stream/stream.ts'
import type { Receipt } from '../api.ts'
import { keyOf } from './receipt-rows.ts'

/** The newest receipts of all rooms, in the order of the stream. */
export type RecentReceipts = {
  /** Takes in the rows in `(after, upTo]`, in order; rows that it has already are left out. */
  take(after: Position, upTo: Position, rows: readonly Receipt[]): void
  /** Up to where rows have been taken in. */
  readUpTo(): Position
  /** The receipts written in `(after, upTo]`, each kind only once; undefined when they are no longer remembered. */
  between(after: Position, upTo: Position): Receipt[] | undefined
}

/** `position` is the stream's: where this node stood when it was first asked bounds what it has not seen itself. */
export function createRecentReceipts(position: () => Position, countMax: number): RecentReceipts {
  let rows: Receipt[] = []
  let floor: Position | undefined
  let taken: Position = 0

  return {
    take(after, upTo, fresh) {
      floor ??= after
      rows.push(...fresh.filter((row) => row.position > taken))
      taken = Math.max(taken, upTo)
      // Dropping a quarter at a time keeps the cost of dropping small.
      if (rows.length <= countMax) return
      const kept = rows.slice(rows.length - Math.ceil(countMax * 0.75))
      floor = Math.max(floor, (kept[0]?.position ?? taken) - 1)
      rows = kept
    },
    readUpTo: () => taken,
    between(after, upTo) {
      floor ??= position()
      if ((rows.at(-1)?.position ?? floor) <= after) return []
      if (after < floor) return undefined
      const found = new Map<string, Receipt>()
      for (let i = firstAbove(rows, after); i < rows.length; i++) {
        const row = rows[i]
        if (!row || row.position > upTo) break
        found.set(keyOf(row), row)
      }
      return [...found.values()]
    },
  }
}

/** Index of the first row above `after`, by halving. */
function firstAbove(rows: readonly Receipt[], after: Position): number {
  let low = 0
  let high = rows.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((rows[middle]?.position ?? 0) > after) high = middle
    else low = middle + 1
  }
  return low
}
