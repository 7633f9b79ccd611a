import { BellOff, Pin } from 'lucide-react'
import type { ChatSummary } from '../../api/chat-summary.ts'
import { usePicture } from '../../api/use-media.ts'
import { formatShort } from '../../i18n/dates.ts'
import { useLanguage, useText } from '../../i18n/text.ts'
import { goTo } from '../../navigation/router.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { Badge } from '../../ui/badge.tsx'
import { PressMenu } from '../../ui/menu.tsx'
import styles from './chat-row.module.css'
import { Invitation } from './invitation.tsx'
import { Preview } from './preview.tsx'
import { SwipeActions } from './swipe-actions.tsx'
import { useRowActions } from './use-row-actions.tsx'

type ChatRowProps = { chat: ChatSummary; draft: string | undefined; selected: boolean }

export function ChatRow({ chat, draft, selected }: ChatRowProps) {
  const text = useText()
  const language = useLanguage()
  const picture = usePicture(chat.avatarMxc)
  const { items, swipe, dialog } = useRowActions(chat)
  const avatar = <Avatar id={chat.with ?? chat.roomId} name={chat.name} picture={picture} />
  if (chat.invited) return <Invitation chat={chat} avatar={avatar} />
  return (
    <SwipeActions actions={swipe}>
      <PressMenu
        items={items}
        target={
          <button
            type="button"
            className={styles['row']}
            aria-current={selected || undefined}
            onClick={() => goTo({ section: 'chats', open: chat.roomId })}
          />
        }
      >
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
            <Preview chat={chat} draft={selected ? undefined : draft} />
            <Badge
              count={chat.unread}
              quiet={chat.muted}
              label={text('chats.unreadCount', { count: chat.unread })}
            />
          </span>
        </span>
      </PressMenu>
      {dialog}
    </SwipeActions>
  )
}
