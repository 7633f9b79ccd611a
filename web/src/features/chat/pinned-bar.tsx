import { Pin } from 'lucide-react'
import type { Room } from 'matrix-js-sdk'
import { describeEvent } from '../../api/describe-event.ts'
import { pinnedIds } from '../../api/pinned.ts'
import { useRepliedEvent } from '../../api/use-replied-event.ts'
import { useText } from '../../i18n/text.ts'
import { useChat } from './chat-context.ts'
import styles from './pinned-bar.module.css'

/** The message that was pinned last, below the header; pressing it goes there. */
export function PinnedBar({ room }: { room: Room }) {
  const text = useText()
  const { jumpTo } = useChat()
  const id = pinnedIds(room).at(-1)
  const event = useRepliedEvent(room, id)
  if (id === undefined || !event) return null
  return (
    <button type="button" className={styles['bar']} onClick={() => jumpTo(id)}>
      <Pin size={16} aria-label={text('chats.pinned')} />
      <span className={styles['text']}>{describeEvent(event, text)}</span>
    </button>
  )
}
