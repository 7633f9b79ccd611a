import { FolderCog, MessageCirclePlus } from 'lucide-react'
import type { KnownChat, KnownChats } from '../../api/known-chats.ts'
import { useText } from '../../i18n/text.ts'
import { goTo, usePlace } from '../../navigation/router.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { ChoiceTabs } from '../../ui/choice-tabs.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { PaneHeader } from '../../ui/pane-header.tsx'
import rowStyles from './chat-row.module.css'
import { ChatRowLook } from './chat-row-look.tsx'
import styles from './chats.module.css'
import { PreviewLine } from './preview-line.tsx'

/** The list of chats while the app is still starting: as it stood last, and every chat can be opened. */
export function KnownChatsList({ known }: { known: KnownChats }) {
  const text = useText()
  const { open } = usePlace()
  return (
    <>
      <PaneHeader title={text('general.chats')}>
        <IconButton label={text('chats.new')} disabled>
          <MessageCirclePlus size={24} aria-hidden />
        </IconButton>
      </PaneHeader>
      {known.tabs.length > 0 && (
        <div className={styles['filters']}>
          <ChoiceTabs
            disabled
            label={text('chats.filter')}
            value="0"
            onChange={() => {}}
            choices={known.tabs.map((label, index) => ({ value: String(index), label }))}
          />
          <IconButton label={text('folders.title')} disabled>
            <FolderCog size={20} aria-hidden />
          </IconButton>
        </div>
      )}
      <div className={styles['known']}>
        {known.chats.map((chat) => (
          <Row key={chat.roomId} chat={chat} selected={chat.roomId === open} />
        ))}
      </div>
    </>
  )
}

function Row({ chat, selected }: { chat: KnownChat; selected: boolean }) {
  return (
    <button
      type="button"
      className={rowStyles['row']}
      aria-current={selected || undefined}
      onClick={() => goTo({ section: 'chats', open: chat.roomId })}
    >
      <ChatRowLook
        chat={chat}
        avatar={<Avatar id={chat.colourOf} name={chat.name} />}
        line={<PreviewLine line={chat.line} draft={selected ? undefined : chat.draft} />}
      />
    </button>
  )
}
