/** The names of the last months up to this one, such as 2026-11, oldest first. */
export function lastMonths(nowMs: number, count: number): string[] {
  const now = new Date(nowMs)
  return Array.from({ length: count }, (_, index) => {
    const first = new Date(Date.UTC(now.getFullYear(), now.getMonth() - (count - 1 - index), 1))
    return first.toISOString().slice(0, 7)
  })
}
