import { Pin } from 'lucide-react'
import type { Room } from 'matrix-js-sdk'
import { useState } from 'react'
import { describeEvent } from '../../api/describe-event.ts'
import { pinnedIds } from '../../api/pinned.ts'
import { useRepliedEvent } from '../../api/use-replied-event.ts'
import { useText } from '../../i18n/text.ts'
import { useChat } from './chat-context.ts'
import styles from './pinned-bar.module.css'

/** The notices of a chat, below its header: the one pinned last; pressing it goes there and shows the one before. */
export function PinnedBar({ room }: { room: Room }) {
  const text = useText()
  const { jumpTo } = useChat()
  const [back, setBack] = useState(0)
  const ids = pinnedIds(room)
  const index = ids.length - 1 - (back % Math.max(1, ids.length))
  const id = ids[index]
  const event = useRepliedEvent(room, id)
  if (id === undefined || !event) return null
  return (
    <button
      type="button"
      className={styles['bar']}
      onClick={() => {
        jumpTo(id)
        setBack(back + 1)
      }}
    >
      <Pin size={16} aria-label={text('chats.pinned')} />
      <span className={styles['text']}>{describeEvent(event, text)}</span>
      {ids.length > 1 && (
        <span className={styles['count']}>
          {index + 1}/{ids.length}
        </span>
      )}
    </button>
  )
}
