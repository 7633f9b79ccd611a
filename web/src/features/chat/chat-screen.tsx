import type { MatrixEvent, Room } from 'matrix-js-sdk'
import { useCallback, useEffect, useMemo, useState } from 'react'
import { useMarkRead } from '../../api/use-mark-read.ts'
import { useText } from '../../i18n/text.ts'
import { goBack, usePlace } from '../../navigation/router.ts'
import { ChatInfo } from '../chat-info/chat-info.tsx'
import { ChatContext, type ChatContextValue } from './chat-context.ts'
import { ChatHeader } from './chat-header.tsx'
import styles from './chat-screen.module.css'
import { ChatTools } from './chat-tools.tsx'
import { Composer } from './composer.tsx'
import { History, type JumpTarget } from './history.tsx'
import { MessageInfo } from './message-info.tsx'
import { PinnedBar } from './pinned-bar.tsx'
import { ThreadPanel } from './thread-panel.tsx'

const highlightMs = 2500

export function ChatScreen({ room }: { room: Room }) {
  const { event, detail } = usePlace()
  const [composing, setComposing] = useState<{ kind: 'reply' | 'edit'; event: MatrixEvent }>()
  const [thread, setThread] = useState<string>()
  const [asked, setAsked] = useState<MatrixEvent>()
  const { highlighted, target, onShown, jumpTo } = useJump()
  useMarkRead(room)
  useMembers(room)
  useEffect(() => {
    if (event !== undefined) jumpTo(event)
  }, [event, jumpTo])

  const chat = useMemo<ChatContextValue>(
    () => ({
      room,
      threadId: undefined,
      reply: (replied) => setComposing({ kind: 'reply', event: replied }),
      edit: (edited) => setComposing({ kind: 'edit', event: edited }),
      openThread: (root) => setThread(root.threadRootId ?? root.getId()),
      jumpTo,
      showInfo: setAsked,
      highlighted,
    }),
    [room, jumpTo, highlighted],
  )

  return (
    <ChatContext value={chat}>
      <ChatHeader room={room}>
        <ChatTools room={room} />
      </ChatHeader>
      <PinnedBar room={room} />
      <History room={room} target={target} onShown={onShown} />
      {room.maySendMessage() ? (
        <Composer room={room} composing={composing} onDone={() => setComposing(undefined)} />
      ) : (
        <Closed />
      )}
      {thread !== undefined && (
        <ThreadPanel room={room} rootId={thread} onClose={() => setThread(undefined)} />
      )}
      {detail === 'info' && (
        <ChatInfo roomId={room.roomId} onClose={() => goBack({ section: 'chats', open: room.roomId })} />
      )}
      {asked && <MessageInfo room={room} event={asked} onClose={() => setAsked(undefined)} />}
    </ChatContext>
  )
}

/** In the place of the composer, where one may only read. */
function Closed() {
  const text = useText()
  return <p className={styles['closed']}>{text('writing.closed')}</p>
}

/** The server tells of those who have spoken lately; who can be mentioned, and who has not read, are all of them. */
function useMembers(room: Room): void {
  useEffect(() => {
    // Without a connection those who are known stay.
    room.loadMembersIfNeeded().catch(() => {})
  }, [room])
}

/** Goes to a message, however far back it is, and lets it stand out for a moment. */
function useJump() {
  const [target, setTarget] = useState<JumpTarget>()
  const [highlighted, setHighlighted] = useState<string>()
  useEffect(() => {
    if (highlighted === undefined) return
    const timer = setTimeout(() => setHighlighted(undefined), highlightMs)
    return () => clearTimeout(timer)
  }, [highlighted])
  const jumpTo = useCallback((eventId: string) => setTarget({ eventId }), [])
  return { target, highlighted, onShown: setHighlighted, jumpTo }
}
