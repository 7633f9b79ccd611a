import { CircleMinus } from 'lucide-react'
import type { Room } from 'matrix-js-sdk'
import { useClient } from '../../api/client-context.ts'
import { type CommunityChat, removeChat } from '../../api/communities.ts'
import { joinChat } from '../../api/join-chat.ts'
import { useBusy } from '../../api/use-busy.ts'
import { usePicture } from '../../api/use-media.ts'
import { useRoom } from '../../api/use-room.ts'
import { useText } from '../../i18n/text.ts'
import { goTo } from '../../navigation/router.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { Button } from '../../ui/button.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { ListRow } from '../../ui/list-row.tsx'
import { showToast } from '../../ui/toast.tsx'
import styles from './community.module.css'

type ChatOfCommunityProps = {
  chat: CommunityChat
  space: Room
  mayRemove: boolean
  onChange: () => void
}

/** One chat of a community: opens it, or leads into it. */
export function ChatOfCommunity({ chat, space, mayRemove, onChange }: ChatOfCommunityProps) {
  const text = useText()
  const client = useClient()
  const { roomId, name, topic, members } = chat
  const picture = usePicture(chat.avatarMxc)
  const joined = useRoom(roomId)?.getMyMembership() === 'join'
  const { busy, run } = useBusy(() => showToast(text('join.refused')))
  const count = text('info.members', { count: members })
  return (
    <div className={styles['chat']}>
      <ListRow
        start={<Avatar id={roomId} name={name} picture={picture} />}
        title={name}
        text={topic ? `${count} · ${topic}` : count}
        onClick={() => goTo({ section: 'chats', open: roomId })}
      />
      {mayRemove && (
        <IconButton
          label={text('community.remove', { name })}
          disabled={busy}
          onClick={() =>
            run(async () => {
              await removeChat(client, space, roomId)
              onChange()
            })
          }
        >
          <CircleMinus size={20} aria-hidden />
        </IconButton>
      )}
      {!joined && (
        <Button
          look="soft"
          busy={busy}
          onClick={() =>
            run(async () => {
              await joinChat(client, roomId, '')
              goTo({ section: 'chats', open: roomId })
            })
          }
        >
          {text('join.join')}
        </Button>
      )}
    </div>
  )
}
