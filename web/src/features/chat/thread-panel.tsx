import { type MatrixEvent, MatrixEventEvent, type Room, ThreadEvent } from 'matrix-js-sdk'
import { useEffect, useMemo, useRef, useState } from 'react'
import { VList, type VListHandle } from 'virtua'
import { useClient } from '../../api/client-context.ts'
import { useChanges } from '../../api/use-changes.ts'
import { useDecryption } from '../../api/use-decryption.ts'
import { useOutboxOf } from '../../api/use-outbox.ts'
import { useText } from '../../i18n/text.ts'
import { SidePanel } from '../../ui/side-panel.tsx'
import { ChatContext, useChat } from './chat-context.ts'
import { Composer } from './composer.tsx'
import { arrangeHistory } from './history-items.ts'
import { HistoryRow } from './history-row.tsx'
import { shownThings } from './shown-things.ts'
import styles from './thread-panel.module.css'

type ThreadPanelProps = { room: Room; rootId: string; onClose: () => void }

const threadEvents = [ThreadEvent.Update, ThreadEvent.NewReply, 'Room.timeline'] as const
const clientEvents = [MatrixEventEvent.Decrypted] as const

/** The answers below one message: over the chat on a phone, beside it on a wide screen. */
export function ThreadPanel({ room, rootId, onClose }: ThreadPanelProps) {
  const text = useText()
  const chat = useChat()
  const events = useThreadEvents(room, rootId)
  const me = useClient().getSafeUserId()
  const pending = useOutboxOf(room.roomId)
  const [composing, setComposing] = useState<{ kind: 'reply' | 'edit'; event: MatrixEvent }>()
  const list = useRef<VListHandle>(null)
  const items = useMemo(() => {
    const waiting = pending
      .filter((entry) => entry.threadId === rootId)
      .map(({ threadId: _thread, ...entry }) => entry)
    return arrangeHistory(shownThings(events, waiting, { me, forTwo: true }), undefined)
  }, [events, pending, me, rootId])
  const inThread = useMemo(
    () => ({
      ...chat,
      threadId: rootId,
      reply: (event: MatrixEvent) => setComposing({ kind: 'reply', event }),
      edit: (event: MatrixEvent) => setComposing({ kind: 'edit', event }),
    }),
    [chat, rootId],
  )
  useEffect(() => {
    list.current?.scrollToIndex(items.length - 1, { align: 'end' })
  }, [items.length])

  return (
    <SidePanel title={text('chat.thread')} closeLabel={text('general.close')} onClose={onClose}>
      <ChatContext value={inThread}>
        <VList ref={list} className={styles['list']} data={items}>
          {(item) => <HistoryRow key={item.key} item={item} room={room} unread={0} />}
        </VList>
        <Composer
          room={room}
          threadId={rootId}
          composing={composing}
          onDone={() => setComposing(undefined)}
        />
      </ChatContext>
    </SidePanel>
  )
}

/** The root and its answers. A thread that does not exist yet begins with the first answer. */
function useThreadEvents(room: Room, rootId: string): readonly MatrixEvent[] {
  const client = useClient()
  useChanges(room, threadEvents)
  const thread = room.getThread(rootId)
  const version = `${useChanges(thread ?? undefined, threadEvents)}-${useChanges(client, clientEvents)}`
  const root = thread?.rootEvent ?? room.findEventById(rootId)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the version tells that the thread holds something new.
  const events = useMemo(() => {
    const answers = (thread?.events ?? []).filter((event) => event.getId() !== rootId)
    return root ? [root, ...answers] : answers
  }, [thread, root, rootId, version, thread?.length])
  useDecryption(events)
  return events
}
