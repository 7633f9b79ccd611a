import { memo } from 'react'
import type { ChatSummary } from '../../api/chat-summary.ts'
import { usePicture } from '../../api/use-media.ts'
import { goTo } from '../../navigation/router.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { PressMenu } from '../../ui/menu.tsx'
import styles from './chat-row.module.css'
import { ChatRowLook } from './chat-row-look.tsx'
import { Invitation } from './invitation.tsx'
import { Preview } from './preview.tsx'
import { SwipeActions } from './swipe-actions.tsx'
import { useRowActions } from './use-row-actions.tsx'

type ChatRowProps = {
  chat: ChatSummary
  draft: string | undefined
  selected: boolean
  /** What is "yesterday" changes with it. */
  today: string
}

/** Drawn again only when something about this very chat has changed. */
export const ChatRow = memo(function ChatRow({ chat, draft, selected }: ChatRowProps) {
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
        <ChatRowLook
          chat={chat}
          avatar={avatar}
          line={<Preview chat={chat} draft={selected ? undefined : draft} />}
        />
      </PressMenu>
      {dialog}
    </SwipeActions>
  )
})
