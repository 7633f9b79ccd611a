import { ChevronDown } from 'lucide-react'
import type { Room } from 'matrix-js-sdk'
import { useEffect, useLayoutEffect, useRef } from 'react'
import { Virtualizer, type VirtualizerHandle } from 'virtua'
import type { Timeline } from '../../api/use-timeline.ts'
import { useText } from '../../i18n/text.ts'
import { IconButton } from '../../ui/icon-button.tsx'
import styles from './history.module.css'
import type { HistoryItem } from './history-items.ts'
import { HistoryRow } from './history-row.tsx'
import type { ShownThing } from './shown-things.ts'
import { useStickToEnd } from './use-stick-to-end.ts'

type HistoryListProps = {
  room: Room
  timeline: Timeline
  items: readonly HistoryItem<ShownThing>[]
  counts: ReadonlyMap<string, number>
  /** How many messages of this device are on their way. */
  sent: number
  /** Key of the item that is looked at first; the end when there is none. */
  startAt: string | undefined
  /** The newest messages are wanted, and they are beyond what is here. */
  onEnd: () => void
  /** The person scrolls; `top` is the index of the item that is seen first. */
  onLook: (top: number) => void
}

/** So many pixels before an end of what is here, more is fetched. */
const aheadPx = 3000
/** So much of the list is in the page beyond what is seen: a turn of the wheel ends among rows whose heights are known. */
const bufferPx = 1000
/** A line of new messages that is nearer to the end is seen from there. */
const nearEndItems = 12

/** The list itself. Only what is on the screen is in the page, however much is here. */
export function HistoryList(props: HistoryListProps) {
  const { room, timeline, items, counts, sent, startAt, onEnd, onLook } = props
  const text = useText()
  const { hasOlder, hasNewer, loadOlder, loadNewer } = timeline
  const list = useRef<VirtualizerHandle>(null)
  const scroller = useRef<HTMLDivElement>(null)
  const prepending = usePrepending(items[1]?.key)
  const end = useStickToEnd(list, scroller, { count: items.length, hasNewer })
  const toEnd = () => (hasNewer ? onEnd() : end.toEnd())

  useStart(list, items, startAt, end.letGo)
  useEnd(sent, toEnd)
  // What is shorter than the screen never scrolls, and so would never ask for more.
  useEffect(() => {
    const handle = list.current
    if (!handle || handle.scrollSize > handle.viewportSize + 400) return
    if (hasOlder) loadOlder()
    else if (hasNewer) loadNewer()
  })

  function look(offset: number): void {
    const handle = list.current
    if (!handle) return
    end.look(handle, offset)
    onLook(handle.findItemIndex(offset))
    if (offset < aheadPx && hasOlder) loadOlder()
    else if (hasNewer && handle.scrollSize - handle.viewportSize - offset < aheadPx) loadNewer()
  }

  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard. */}
      <div ref={scroller} className={styles['list']} tabIndex={0} role="log" aria-live="off">
        <div className={styles['room']} />
        <Virtualizer ref={list} data={items} shift={prepending} bufferSize={bufferPx} onScroll={look}>
          {(item) => <HistoryRow key={item.key} item={item} room={room} unread={counts.get(item.key) ?? 0} />}
        </Virtualizer>
      </div>
      {(!end.atEnd || hasNewer) && (
        <IconButton className={styles['toEnd']} label={text('chat.toEnd')} onClick={toEnd}>
          <ChevronDown size={22} aria-hidden />
        </IconButton>
      )}
    </>
  )
}

/** Begins where it is to begin: at a message, or at the line of new messages when that is far up. */
function useStart(
  list: { current: VirtualizerHandle | null },
  items: readonly { key: string }[],
  startAt: string | undefined,
  letGo: () => void,
): void {
  const started = useRef(false)
  useLayoutEffect(() => {
    if (started.current || items.length === 0) return
    started.current = true
    const index = items.findIndex(({ key }) => key === startAt)
    if (index < 0 || (startAt === 'new' && items.length - index <= nearEndItems)) return
    letGo()
    list.current?.scrollToIndex(index, { align: startAt === 'new' ? 'start' : 'center' })
  }, [list, items, startAt, letGo])
}

/** Whoever sends something wants to see it go. */
function useEnd(sent: number, toEnd: () => void): void {
  const before = useRef(sent)
  useEffect(() => {
    if (sent > before.current) toEnd()
    before.current = sent
  })
}

/** True in the very drawing in which the beginning of the list has changed: then the view stays where it is. */
function usePrepending(firstKey: string | undefined): boolean {
  const seen = useRef(firstKey)
  const changed = seen.current !== firstKey
  useLayoutEffect(() => {
    seen.current = firstKey
  })
  return changed
}
