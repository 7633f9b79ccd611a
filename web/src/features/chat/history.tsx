import { ChevronUp } from 'lucide-react'
import type { MatrixError, MatrixEvent, Room } from 'matrix-js-sdk'
import { useEffect, useMemo, useState } from 'react'
import { directRooms } from '../../api/chat-summary.ts'
import { useClient } from '../../api/client-context.ts'
import { useOutboxOf } from '../../api/use-outbox.ts'
import { useReadCounts } from '../../api/use-read-counts.ts'
import { type Timeline, useTimeline } from '../../api/use-timeline.ts'
import { useText } from '../../i18n/text.ts'
import { Button } from '../../ui/button.tsx'
import { showToast } from '../../ui/toast.tsx'
import styles from './history.module.css'
import { arrangeHistory } from './history-items.ts'
import { HistoryList } from './history-list.tsx'
import { shownThings } from './shown-things.ts'

export type JumpTarget = { eventId: string }
type HistoryProps = {
  room: Room
  target: JumpTarget | undefined
  /** The target is there to be seen. */
  onShown: (eventId: string) => void
}

/** Each time the history is shown from another place: at an event, or from its end. */
type View = { number: number; startAt?: string }

/** The messages of a chat, of which the part around what the person looks at is here. */
export function History({ room, target, onShown }: HistoryProps) {
  const text = useText()
  const timeline = useTimeline(room)
  const { items, counts, firstNew, readUpTo } = useItems(room, timeline)
  const sent = useOutboxOf(room.roomId).length
  const [view, setView] = useState<View>({ number: 0 })
  const { show, showEnd } = timeline
  // More has come than is here at first: it begins at the end, and what was read last is far up.
  const [beginsAbove, setBeginsAbove] = useState(() => isMissing(timeline.events, readUpTo))
  function toFirstNew(): void {
    if (readUpTo === null) return
    show(readUpTo).then(
      () => setView(({ number }) => ({ number: number + 1, startAt: 'new' })),
      () => showToast(text('general.failed')),
    )
    setBeginsAbove(false)
  }
  function look(top: number): void {
    if (!beginsAbove) return
    const line = items.findIndex(({ kind }) => kind === 'new')
    if (line >= 0 && top <= line) setBeginsAbove(false)
  }
  useEffect(() => {
    if (target === undefined) return
    const { eventId } = target
    let gone = false
    show(eventId).then(
      () => {
        if (gone) return
        setView(({ number }) => ({ number: number + 1, startAt: eventId }))
        onShown(eventId)
      },
      ({ httpStatus }: Partial<MatrixError>) =>
        !gone && showToast(text(httpStatus === 404 ? 'chat.notFound' : 'general.failed')),
    )
    return () => {
      gone = true
    }
  }, [target, show, onShown, text])

  return (
    <section className={styles['history']} aria-label={text('chat.history')}>
      <HistoryList
        key={view.number}
        room={room}
        timeline={timeline}
        items={items}
        counts={counts}
        sent={sent}
        onLook={look}
        startAt={view.startAt ?? (view.number === 0 && firstNew !== undefined ? 'new' : undefined)}
        onEnd={() => {
          showEnd()
          setView(({ number }) => ({ number: number + 1 }))
        }}
      />
      {beginsAbove && (
        <Button look="soft" className={styles['toFirstNew']} onClick={toFirstNew}>
          <ChevronUp size={18} aria-hidden />
          {text('chat.toFirstNew')}
        </Button>
      )}
    </section>
  )
}

function useItems(room: Room, { events, version, hasNewer }: Timeline) {
  const client = useClient()
  const me = client.getSafeUserId()
  const pending = useOutboxOf(room.roomId)
  const counts = useReadCounts(room, events, version)
  const [readWhenOpened] = useState(() => room.getEventReadUpTo(me, true))
  const forTwo = directRooms(client).has(room.roomId)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the version tells that events have changed inside.
  return useMemo(() => {
    // What waits to be sent comes after everything, so it is only seen from the end.
    const things = shownThings(events, hasNewer ? [] : pending, { me, forTwo })
    const firstNew = firstUnread(events, readWhenOpened, me)
    const newKey = firstNew && things.find(({ at, key }) => key === firstNew.getId() && at)?.key
    return { items: arrangeHistory(things, newKey), counts, firstNew: newKey, readUpTo: readWhenOpened }
  }, [events, pending, me, version, forTwo, hasNewer])
}

/** What was read last lies before everything that is here. */
function isMissing(events: readonly MatrixEvent[], readUpTo: string | null): boolean {
  return readUpTo !== null && events.every((event) => event.getId() !== readUpTo)
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
