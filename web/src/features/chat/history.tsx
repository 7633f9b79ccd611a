import { ChevronDown } from 'lucide-react'
import type { MatrixEvent, Room } from 'matrix-js-sdk'
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { Virtualizer, type VirtualizerHandle } from 'virtua'
import { directRooms } from '../../api/chat-summary.ts'
import { useClient } from '../../api/client-context.ts'
import { useOutboxOf } from '../../api/use-outbox.ts'
import { useReadCounts } from '../../api/use-read-counts.ts'
import { type Timeline, useTimeline } from '../../api/use-timeline.ts'
import { useText } from '../../i18n/text.ts'
import { IconButton } from '../../ui/icon-button.tsx'
import type { JumpTarget } from './chat-screen.tsx'
import styles from './history.module.css'
import { arrangeHistory } from './history-items.ts'
import { HistoryRow } from './history-row.tsx'
import { shownThings } from './shown-things.ts'
import { useStickToEnd } from './use-stick-to-end.ts'

type HistoryProps = { room: Room; target: JumpTarget | undefined }

/** The messages of a chat. Only what is on the screen is in the page, however long the history is. */
export function History({ room, target }: HistoryProps) {
  const text = useText()
  const timeline = useTimeline(room)
  const { items, counts, firstNew } = useItems(room, timeline)
  const list = useRef<VirtualizerHandle>(null)
  const scroller = useRef<HTMLDivElement>(null)
  const { hasOlder, loadOlder } = timeline
  const prepending = usePrepending(items[1]?.key)

  const end = useStickToEnd(list, scroller, items.length)

  useStart(list, items, firstNew, end.letGo)
  // biome-ignore lint/correctness/useExhaustiveDependencies: it goes there once for each target.
  useEffect(() => {
    const index = items.findIndex(({ key }) => key === target?.eventId)
    if (index < 0) return
    end.letGo()
    list.current?.scrollToIndex(index, { align: 'center' })
  }, [target])
  // A history shorter than the screen never scrolls, and so would never ask for more.
  useEffect(() => {
    const handle = list.current
    if (handle && hasOlder && handle.scrollSize <= handle.viewportSize + 400) loadOlder()
  })

  function look(offset: number): void {
    const handle = list.current
    if (!handle) return
    end.look(handle, offset)
    if (offset < 1200 && hasOlder) loadOlder()
  }

  return (
    <section className={styles['history']} aria-label={text('chat.history')}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard. */}
      <div ref={scroller} className={styles['list']} tabIndex={0} role="log" aria-live="off">
        <div className={styles['room']} />
        <Virtualizer ref={list} data={items} shift={prepending} onScroll={look}>
          {(item) => <HistoryRow key={item.key} item={item} room={room} unread={counts.get(item.key) ?? 0} />}
        </Virtualizer>
      </div>
      {!end.atEnd && (
        <IconButton className={styles['toEnd']} label={text('chat.toEnd')} onClick={end.toEnd}>
          <ChevronDown size={22} aria-hidden />
        </IconButton>
      )}
    </section>
  )
}

function useItems(room: Room, { events, version }: Timeline) {
  const client = useClient()
  const me = client.getSafeUserId()
  const pending = useOutboxOf(room.roomId)
  const counts = useReadCounts(room, events, version)
  const [readWhenOpened] = useState(() => room.getEventReadUpTo(me, true))
  const forTwo = directRooms(client).has(room.roomId)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the version tells that events have changed inside.
  return useMemo(() => {
    const things = shownThings(events, pending, { me, forTwo })
    const firstNew = firstUnread(events, readWhenOpened, me)
    const newKey = firstNew && things.find(({ at, key }) => key === firstNew.getId() && at)?.key
    return { items: arrangeHistory(things, newKey), counts, firstNew: newKey }
  }, [events, pending, me, version, forTwo])
}

/** The first message of another person after what had been read when the chat was opened. */
function firstUnread(
  events: readonly MatrixEvent[],
  readUpTo: string | null,
  me: string,
): MatrixEvent | undefined {
  const read = events.findIndex((event) => event.getId() === readUpTo)
  if (read < 0) return undefined
  const isNew = (event: MatrixEvent) => event.getSender() !== me && !event.isState() && !event.isRelation()
  return events.slice(read + 1).find(isNew)
}

/** Opens at the line of new messages, where there is one further up than the screen is high. */
function useStart(
  list: { current: VirtualizerHandle | null },
  items: readonly { key: string; kind: string }[],
  firstNew: string | undefined,
  letGo: () => void,
): void {
  const started = useRef(false)
  useLayoutEffect(() => {
    if (started.current || items.length === 0) return
    started.current = true
    const index = items.findIndex(({ kind }) => kind === 'new')
    if (firstNew === undefined || items.length - index <= 12) return
    letGo()
    list.current?.scrollToIndex(index, { align: 'start' })
  }, [list, items, firstNew, letGo])
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
