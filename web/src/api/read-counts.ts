/**
 * How many people have not read each message yet. `readUpTo` has, for everybody but the reader of this screen whose
 * position is known, the index of the newest event they have seen (-1: none of those that are here); `others` is how
 * many people there are besides this one.
 *
 * A person has read what they wrote themselves, and everything before it.
 */
export function unreadCounts(
  events: readonly { sender: string }[],
  readUpTo: ReadonlyMap<string, number>,
  others: number,
  me: string,
): number[] {
  const position = new Map(readUpTo)
  events.forEach(({ sender }, index) => {
    if (sender !== me && (position.get(sender) ?? -1) < index) position.set(sender, index)
  })
  const readers = new Array<number>(events.length + 1).fill(0)
  for (const index of position.values()) if (index >= 0) readers[index] = (readers[index] ?? 0) + 1

  const counts = new Array<number>(events.length)
  let haveRead = 0
  for (let index = events.length - 1; index >= 0; index--) {
    haveRead += readers[index] ?? 0
    counts[index] = Math.max(0, others - haveRead)
  }
  return counts
}
