import { MessagesSquare } from 'lucide-react'
import type { MatrixEvent } from 'matrix-js-sdk'
import { useText } from '../../i18n/text.ts'
import { useChat } from './chat-context.ts'
import styles from './thread-line.module.css'

/** Below a message that has a thread: how many answers are in it. */
export function ThreadLine({ event }: { event: MatrixEvent }) {
  const text = useText()
  const { room, threadId, openThread } = useChat()
  const count = room.getThread(event.getId() ?? '')?.length ?? 0
  if (threadId !== undefined || count === 0) return null
  return (
    <button type="button" className={styles['line']} onClick={() => openThread(event)}>
      <MessagesSquare size={15} aria-hidden />
      {text('chat.answers', { count })}
    </button>
  )
}
