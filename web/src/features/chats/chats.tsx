import { MessageCirclePlus, MessagesSquare } from 'lucide-react'
import { useMemo, useState } from 'react'
import { VList } from 'virtua'
import type { ChatSummary } from '../../api/chat-summary.ts'
import { useChats } from '../../api/use-chats.ts'
import { useDrafts } from '../../api/use-drafts.ts'
import { useText } from '../../i18n/text.ts'
import { usePlace } from '../../navigation/router.ts'
import { Button } from '../../ui/button.tsx'
import { ChoiceTabs } from '../../ui/choice-tabs.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { PaneHeader } from '../../ui/pane-header.tsx'
import { ChatRow } from './chat-row.tsx'
import styles from './chats.module.css'
import { NewChat } from './new-chat.tsx'

const filters = {
  all: () => true,
  unread: (chat: ChatSummary) => chat.unread > 0,
  people: (chat: ChatSummary) => chat.with !== undefined,
  groups: (chat: ChatSummary) => chat.with === undefined,
} as const

type Filter = keyof typeof filters
const filterNames = Object.keys(filters) as readonly Filter[]

/** The list of chats. */
export function Chats() {
  const text = useText()
  const chats = useChats()
  const drafts = useDrafts()
  const { open } = usePlace()
  const [filter, setFilter] = useState<Filter>('all')
  const [starting, setStarting] = useState(false)
  const shown = useMemo(() => chats.filter(filters[filter]), [chats, filter])
  return (
    <>
      <PaneHeader title={text('general.chats')}>
        <IconButton label={text('chats.new')} onClick={() => setStarting(true)}>
          <MessageCirclePlus size={24} aria-hidden />
        </IconButton>
      </PaneHeader>
      {chats.length > 0 && (
        <div className={styles['filters']}>
          <ChoiceTabs
            label={text('chats.filter')}
            value={filter}
            onChange={setFilter}
            choices={filterNames.map((value) => ({ value, label: text(`chats.${value}`) }))}
          />
        </div>
      )}
      {shown.length > 0 ? (
        <VList className={styles['list']} data={shown}>
          {(chat) => (
            <ChatRow
              key={chat.roomId}
              chat={chat}
              draft={drafts.get(chat.roomId)}
              selected={chat.roomId === open}
            />
          )}
        </VList>
      ) : (
        <EmptyState
          picture={<MessagesSquare size={32} />}
          title={text(chats.length > 0 ? 'chats.noneHere' : 'chats.empty')}
          text={text(chats.length > 0 ? 'chats.noneHereText' : 'chats.emptyText')}
        >
          {chats.length === 0 && (
            <Button look="soft" onClick={() => setStarting(true)}>
              {text('chats.new')}
            </Button>
          )}
        </EmptyState>
      )}
      <NewChat open={starting} onClose={() => setStarting(false)} />
    </>
  )
}
