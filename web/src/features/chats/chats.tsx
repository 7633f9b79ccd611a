import { FolderCog, MessageCirclePlus, MessagesSquare } from 'lucide-react'
import { useMemo, useState } from 'react'
import { VList } from 'virtua'
import type { ChatSummary } from '../../api/chat-summary.ts'
import { useFolders } from '../../api/folders.ts'
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
import { FoldersSheet } from './folders/folders-sheet.tsx'
import { NewChat } from './new-chat.tsx'
import { useKeepKnownChats } from './use-keep-known-chats.ts'

const filters = {
  all: (chat: ChatSummary) => chat.kind !== 'community' || chat.invited,
  unread: (chat: ChatSummary) => chat.unread > 0,
  people: (chat: ChatSummary) => chat.kind === 'person',
  groups: (chat: ChatSummary) => chat.kind === 'group',
  open: (chat: ChatSummary) => chat.kind === 'open',
  communities: (chat: ChatSummary) => chat.kind === 'community',
} as const

type Filter = keyof typeof filters
const filterNames = Object.keys(filters) as readonly Filter[]
/** Offered only to those who have such chats. */
const rareFilters: ReadonlySet<Filter> = new Set(['open', 'communities'])

/** The list of chats. */
export function Chats() {
  const text = useText()
  const chats = useChats()
  const drafts = useDrafts()
  const { open } = usePlace()
  const today = new Date().toDateString()
  const [starting, setStarting] = useState(false)
  const { shown, tabs, labels } = useShown(chats)
  useKeepKnownChats(chats.filter(filters.all), labels)
  return (
    <>
      <PaneHeader title={text('general.chats')}>
        <IconButton label={text('chats.new')} onClick={() => setStarting(true)}>
          <MessageCirclePlus size={24} aria-hidden />
        </IconButton>
      </PaneHeader>
      {chats.length > 0 && tabs}
      {shown.length > 0 ? (
        <VList className={styles['list']} data={shown}>
          {(chat) => (
            <ChatRow
              key={chat.roomId}
              chat={chat}
              draft={drafts.get(chat.roomId)}
              selected={chat.roomId === open}
              today={today}
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

/** A folder stands among the filters, under a name that none of them has. */
const folderPrefix = 'folder '
/** What somebody has made for themselves comes soon after all and unread. */
const beforeFolders = 2

/** The chats that are looked at, and the tabs that choose which. */
function useShown(chats: readonly ChatSummary[]) {
  const text = useText()
  const folders = useFolders()
  const [chosen, setChosen] = useState('all')
  const [arranging, setArranging] = useState(false)
  const folder = folders.find((name) => chosen === folderPrefix + name)
  const filter = filterNames.find((name) => name === chosen) ?? 'all'
  const shown = useMemo(
    () => chats.filter(folder === undefined ? filters[filter] : ({ folders: its }) => its.includes(folder)),
    [chats, filter, folder],
  )
  const offered = filterNames.filter(
    (name) => name === filter || !rareFilters.has(name) || chats.some(filters[name]),
  )
  const named = (names: readonly Filter[]) =>
    names.map((value) => ({ value: value as string, label: text(`chats.${value}`) }))
  const choices = [
    ...named(offered.slice(0, beforeFolders)),
    ...folders.map((name) => ({ value: folderPrefix + name, label: name })),
    ...named(offered.slice(beforeFolders)),
  ]
  const tabs = (
    <div className={styles['filters']}>
      <ChoiceTabs
        label={text('chats.filter')}
        value={folder === undefined ? filter : chosen}
        onChange={setChosen}
        choices={choices}
      />
      <IconButton label={text('folders.title')} onClick={() => setArranging(true)}>
        <FolderCog size={20} aria-hidden />
      </IconButton>
      <FoldersSheet open={arranging} onClose={() => setArranging(false)} />
    </div>
  )
  return { shown, tabs, labels: choices.map(({ label }) => label) }
}
