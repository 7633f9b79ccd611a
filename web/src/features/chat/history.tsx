import type { Room } from 'matrix-js-sdk'
import { useLayoutEffect, useMemo, useRef } from 'react'
import { VList, type VListHandle } from 'virtua'
import { useClient } from '../../api/client-context.ts'
import { useOutboxOf } from '../../api/use-outbox.ts'
import { useReadCounts } from '../../api/use-read-counts.ts'
import { useTimeline } from '../../api/use-timeline.ts'
import { useText } from '../../i18n/text.ts'
import styles from './history.module.css'
import { arrangeHistory } from './history-items.ts'
import { HistoryRow } from './history-row.tsx'
import { shownThings } from './shown-things.ts'

/** The messages of a chat. Only what is on the screen is in the page, however long the history is. */
export function History({ room }: { room: Room }) {
  const text = useText()
  const me = useClient().getSafeUserId()
  const { events, version, hasOlder, loadOlder } = useTimeline(room)
  const pending = useOutboxOf(room.roomId)
  const counts = useReadCounts(room, events, version)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the version tells that events have changed inside.
  const items = useMemo(
    () => arrangeHistory(shownThings(events, pending, me), undefined),
    [events, pending, me, version],
  )
  const list = useRef<VListHandle>(null)
  const atEnd = useRef(true)
  const prepending = usePrepending(items[1]?.key)

  // biome-ignore lint/correctness/useExhaustiveDependencies: it follows the end whenever the end has moved.
  useLayoutEffect(() => {
    if (atEnd.current) list.current?.scrollToIndex(items.length - 1, { align: 'end' })
  }, [items.length, version])

  function look(offset: number): void {
    const handle = list.current
    if (!handle) return
    atEnd.current = handle.scrollSize - handle.viewportSize - offset < 48
    if (offset < 800 && hasOlder) loadOlder()
  }

  return (
    <section className={styles['history']} aria-label={text('chat.history')}>
      <VList ref={list} className={styles['list']} data={items} shift={prepending} onScroll={look}>
        {(item) => <HistoryRow key={item.key} item={item} room={room} unread={counts.get(item.key) ?? 0} />}
      </VList>
    </section>
  )
}

/** True in the very drawing in which older items have come in above: then the view stays where it is. */
function usePrepending(firstKey: string | undefined): boolean {
  const seen = useRef(firstKey)
  const changed = seen.current !== firstKey
  useLayoutEffect(() => {
    seen.current = firstKey
  })
  return changed
}
