import type { MatrixEvent, Room } from 'matrix-js-sdk'
import { useEffect, useMemo, useState } from 'react'
import { useClient } from '../../api/client-context.ts'
import { loadUntil } from '../../api/timeline.ts'
import { useMarkRead } from '../../api/use-mark-read.ts'
import { useText } from '../../i18n/text.ts'
import { usePlace } from '../../navigation/router.ts'
import { showToast } from '../../ui/toast.tsx'
import { ChatContext, type ChatContextValue } from './chat-context.ts'
import { ChatHeader } from './chat-header.tsx'
import { ChatTools } from './chat-tools.tsx'
import { Composer } from './composer.tsx'
import { History } from './history.tsx'
import { MessageInfo } from './message-info.tsx'
import { PinnedBar } from './pinned-bar.tsx'
import { ThreadPanel } from './thread-panel.tsx'

const highlightMs = 2500

export function ChatScreen({ room }: { room: Room }) {
  const { event } = usePlace()
  const [composing, setComposing] = useState<{ kind: 'reply' | 'edit'; event: MatrixEvent }>()
  const [thread, setThread] = useState<string>()
  const [asked, setAsked] = useState<MatrixEvent>()
  const { highlighted, target, jumpTo } = useJump(room)
  useMarkRead(room)
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
      <History room={room} target={target} />
      <Composer room={room} composing={composing} onDone={() => setComposing(undefined)} />
      {thread !== undefined && (
        <ThreadPanel room={room} rootId={thread} onClose={() => setThread(undefined)} />
      )}
      {asked && <MessageInfo room={room} event={asked} onClose={() => setAsked(undefined)} />}
    </ChatContext>
  )
}

export type JumpTarget = { eventId: string }

/** Goes to a message, however far back it is, and lets it stand out for a moment. */
function useJump(room: Room) {
  const client = useClient()
  const text = useText()
  const [target, setTarget] = useState<JumpTarget>()
  const [highlighted, setHighlighted] = useState<string>()
  useEffect(() => {
    if (highlighted === undefined) return
    const timer = setTimeout(() => setHighlighted(undefined), highlightMs)
    return () => clearTimeout(timer)
  }, [highlighted])
  const jumpTo = useMemo(
    () => (eventId: string) => {
      loadUntil(client, room, eventId).then(
        (found) => {
          if (!found) return showToast(text('chat.notFound'))
          setTarget({ eventId })
          setHighlighted(eventId)
        },
        () => showToast(text('general.failed')),
      )
    },
    [client, room, text],
  )
  return { target, highlighted, jumpTo }
}
