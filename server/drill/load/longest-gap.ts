/** One thing that a client wanted, and when it came to be; `undefined` while it has not. */
export type Wish = { wantedAt: number; doneAt?: number; failedAt?: number }

export type Gap = { from: number; to: number }

/**
 * The longest time between `from` and `to` in which something was wanted and nothing came to be. Times in which nobody
 * wanted anything do not count: silence is no outage.
 */
export function longestGap(wishes: readonly Wish[], from: number, to: number): Gap {
  const open = (wish: Wish) => wish.doneAt === undefined || wish.doneAt > to
  const gaps: Gap[] = []
  const done = wishes
    .filter(({ doneAt }) => doneAt !== undefined && doneAt > from && doneAt <= to)
    .toSorted((a, b) => (b.doneAt ?? 0) - (a.doneAt ?? 0))

  // From the end backwards, so that the earliest wish among those still unfulfilled is always known.
  const waiting = wishes.filter((wish) => open(wish) && wish.failedAt === undefined)
  let earliestWanted = Math.min(...waiting.map(({ wantedAt }) => wantedAt))
  let end = to
  for (const { wantedAt, doneAt = 0 } of done) {
    gaps.push({ from: Math.max(doneAt, earliestWanted), to: end })
    earliestWanted = Math.min(earliestWanted, wantedAt)
    end = doneAt
  }
  gaps.push({ from: Math.max(from, earliestWanted), to: end })

  for (const { wantedAt, failedAt } of wishes)
    if (failedAt !== undefined && failedAt > from)
      gaps.push({ from: Math.max(from, wantedAt), to: Math.min(to, failedAt) })
  return gaps.reduce((longest, gap) => (gap.to - gap.from > longest.to - longest.from ? gap : longest), {
    from,
    to: from,
  })
}
