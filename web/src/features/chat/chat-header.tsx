import { ChevronLeft } from 'lucide-react'
import type { Room } from 'matrix-js-sdk'
import type { ReactNode } from 'react'
import { pictureOf } from '../../api/chat-summary.ts'
import { usePicture } from '../../api/use-media.ts'
import { useTyping } from '../../api/use-room.ts'
import { useText } from '../../i18n/text.ts'
import { goBack, goTo } from '../../navigation/router.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { CallButtons } from './call-buttons.tsx'
import styles from './chat-header.module.css'

type ChatHeaderProps = { room: Room; children?: ReactNode }

export function ChatHeader({ room, children }: ChatHeaderProps) {
  const text = useText()
  const typing = useTyping(room)
  const picture = usePicture(pictureOf(room))
  const count = room.getJoinedMemberCount()
  return (
    <header className={styles['header']}>
      <IconButton
        className={styles['back']}
        label={text('general.back')}
        onClick={() => goBack({ section: 'chats' })}
      >
        <ChevronLeft size={26} aria-hidden />
      </IconButton>
      <h2 className={styles['who']}>
        <button
          type="button"
          aria-describedby="chat-state"
          title={text('info.open')}
          onClick={() => goTo({ section: 'chats', open: room.roomId, detail: 'info' })}
        >
          <Avatar
            size="s"
            id={room.getAvatarFallbackMember()?.userId ?? room.roomId}
            name={room.name}
            picture={picture}
          />
          <span className={styles['lines']}>
            <span className={styles['name']}>{room.name}</span>
            <span id="chat-state" className={styles['state']} aria-live="polite">
              {typing.length > 0
                ? text('chat.typing', { names: typing.join(', ') })
                : count > 2 && text('chat.members', { count })}
            </span>
          </span>
        </button>
      </h2>
      <CallButtons room={room} />
      {children}
    </header>
  )
}
