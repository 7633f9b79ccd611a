import { isSameDay } from '../../i18n/dates.ts'

/** What the arranging of a history has to know of an event. */
export type Said = {
  key: string
  sender: string
  at: number
  kind: 'message' | 'notice'
}

export type HistoryItem<Thing extends Said> =
  | { kind: 'day'; key: string; at: number }
  | { kind: 'new'; key: string }
  | { kind: 'notice'; key: string; thing: Thing }
  | { kind: 'message'; key: string; thing: Thing; first: boolean; last: boolean }

/** Messages of one person within this time stand together under one name. */
const togetherMs = 5 * 60_000

/** Puts day separators, the line before new messages and the grouping of bubbles into a history, oldest first. */
export function arrangeHistory<Thing extends Said>(
  things: readonly Thing[],
  firstNewKey: string | undefined,
): HistoryItem<Thing>[] {
  const items: HistoryItem<Thing>[] = []
  things.forEach((thing, index) => {
    const before = things[index - 1]
    const after = things[index + 1]
    const newDay = !before || !isSameDay(before.at, thing.at)
    if (newDay) items.push({ kind: 'day', key: `day-${new Date(thing.at).toDateString()}`, at: thing.at })
    const isFirstNew = thing.key === firstNewKey
    if (isFirstNew) items.push({ kind: 'new', key: 'new' })
    if (thing.kind === 'notice') {
      items.push({ kind: 'notice', key: thing.key, thing })
      return
    }
    items.push({
      kind: 'message',
      key: thing.key,
      thing,
      first: newDay || isFirstNew || !isTogether(before, thing),
      last:
        !after || after.key === firstNewKey || !isTogether(thing, after) || !isSameDay(thing.at, after.at),
    })
  })
  return items
}

function isTogether(before: Said | undefined, after: Said): boolean {
  return (
    before?.kind === 'message' &&
    after.kind === 'message' &&
    before.sender === after.sender &&
    after.at - before.at < togetherMs
  )
}
