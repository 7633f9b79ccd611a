import { Users } from 'lucide-react'
import type { ChatSummary } from '../../api/chat-summary.ts'
import { useChats } from '../../api/use-chats.ts'
import { usePicture } from '../../api/use-media.ts'
import { useText } from '../../i18n/text.ts'
import { goTo } from '../../navigation/router.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ListRow } from '../../ui/list-row.tsx'
import { PaneHeader } from '../../ui/pane-header.tsx'

/** Everybody one has a chat of two with. */
export function People() {
  const text = useText()
  const friends = useChats()
    .filter((chat) => chat.with !== undefined && !chat.invited)
    .toSorted((a, b) => a.name.localeCompare(b.name))
  return (
    <>
      <PaneHeader title={text('general.people')} />
      {friends.map((chat) => (
        <Friend key={chat.roomId} chat={chat} />
      ))}
      {friends.length === 0 && (
        <EmptyState
          picture={<Users size={32} />}
          title={text('chats.empty')}
          text={text('chats.emptyText')}
        />
      )}
    </>
  )
}

function Friend({ chat }: { chat: ChatSummary }) {
  const picture = usePicture(chat.avatarMxc)
  return (
    <ListRow
      start={<Avatar id={chat.with ?? chat.roomId} name={chat.name} picture={picture} />}
      title={chat.name}
      onClick={() => goTo({ section: 'chats', open: chat.roomId })}
    />
  )
}
