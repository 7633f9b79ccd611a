import { BellOff, Pin } from 'lucide-react'
import type { ReactNode } from 'react'
import { formatShort } from '../../i18n/dates.ts'
import { useLanguage, useText } from '../../i18n/text.ts'
import { Badge } from '../../ui/badge.tsx'
import styles from './chat-row.module.css'

type ChatRowLookProps = {
  chat: { name: string; at: number; unread: number; muted: boolean; pinned: boolean }
  avatar: ReactNode
  line: ReactNode
}

/** What stands in the row of a chat. */
export function ChatRowLook({ chat, avatar, line }: ChatRowLookProps) {
  const text = useText()
  const language = useLanguage()
  return (
    <>
      {avatar}
      <span className={styles['lines']}>
        <span className={styles['top']}>
          <span className={styles['name']}>{chat.name}</span>
          {chat.pinned && <Pin size={13} aria-label={text('chats.pinned')} />}
          {chat.muted && <BellOff size={13} aria-label={text('chats.muted')} />}
          <span className={styles['time']}>
            {chat.at > 0 && formatShort(chat.at, Date.now(), language, text)}
          </span>
        </span>
        <span className={styles['bottom']}>
          {line}
          <Badge
            count={chat.unread}
            quiet={chat.muted}
            label={text('chats.unreadCount', { count: chat.unread })}
          />
        </span>
      </span>
    </>
  )
}
