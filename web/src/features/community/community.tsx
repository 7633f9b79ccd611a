import { ChevronLeft, Info, MessagesSquare, Plus } from 'lucide-react'
import type { Room } from 'matrix-js-sdk'
import { type ReactNode, useState } from 'react'
import { useClient } from '../../api/client-context.ts'
import { usePicture } from '../../api/use-media.ts'
import { useText } from '../../i18n/text.ts'
import { goBack, goTo, usePlace } from '../../navigation/router.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { ChatInfo } from '../chat-info/chat-info.tsx'
import { AddChat } from './add-chat.tsx'
import { ChatOfCommunity } from './chat-of-community.tsx'
import styles from './community.module.css'
import { useCommunity } from './use-community.ts'

/** A community: the chats it holds, to come into and to go to. */
export function Community({ room }: { room: Room }) {
  const text = useText()
  const { chats, refresh } = useCommunity(room)
  const { open, detail } = usePlace()
  const place = { section: 'chats', open: open ?? room.roomId } as const
  const [adding, setAdding] = useState(false)
  const mayAdd = room.currentState.maySendStateEvent('m.space.child', useClient().getSafeUserId())
  return (
    <>
      <Header room={room} onInfo={() => goTo({ ...place, detail: 'info' })}>
        {mayAdd && (
          <IconButton label={text('community.add')} onClick={() => setAdding(true)}>
            <Plus size={24} aria-hidden />
          </IconButton>
        )}
      </Header>
      {chats === undefined && <Skeleton rows={5} label={text('general.loading')} />}
      {chats?.length === 0 && (
        <EmptyState
          picture={<MessagesSquare size={32} />}
          title={text('community.empty')}
          text={text('community.emptyText')}
        />
      )}
      <div className={styles['list']}>
        {chats?.map((chat) => (
          <ChatOfCommunity key={chat.roomId} chat={chat} space={room} mayRemove={mayAdd} onChange={refresh} />
        ))}
      </div>
      <AddChat
        space={room}
        open={adding}
        onClose={() => {
          setAdding(false)
          refresh()
        }}
      />
      {detail === 'info' && <ChatInfo roomId={room.roomId} onClose={() => goBack(place)} />}
    </>
  )
}

type HeaderProps = { room: Room; onInfo: () => void; children: ReactNode }

function Header({ room, onInfo, children }: HeaderProps) {
  const text = useText()
  const picture = usePicture(room.getMxcAvatarUrl())
  return (
    <header className={styles['header']}>
      <IconButton
        className={styles['back']}
        label={text('general.back')}
        onClick={() => goBack({ section: 'chats' })}
      >
        <ChevronLeft size={26} aria-hidden />
      </IconButton>
      <Avatar size="s" id={room.roomId} name={room.name} picture={picture} />
      <div className={styles['who']}>
        <h2>{room.name}</h2>
        <p>{text('info.members', { count: room.getJoinedMemberCount() })}</p>
      </div>
      {children}
      <IconButton label={text('info.open')} onClick={onInfo}>
        <Info size={22} aria-hidden />
      </IconButton>
    </header>
  )
}
