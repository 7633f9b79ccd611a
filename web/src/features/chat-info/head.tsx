import { LogOut, Pencil, UserPlus } from 'lucide-react'
import type { Room } from 'matrix-js-sdk'
import { useState } from 'react'
import { leaveChat } from '../../api/chat-actions.ts'
import { directRooms, pictureOf } from '../../api/chat-summary.ts'
import { useClient } from '../../api/client-context.ts'
import { topicOf } from '../../api/group-actions.ts'
import { mayAct } from '../../api/roles.ts'
import { usePicture } from '../../api/use-media.ts'
import { useText } from '../../i18n/text.ts'
import { goTo } from '../../navigation/router.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { Button } from '../../ui/button.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import { showToast } from '../../ui/toast.tsx'
import { AddPeople } from './add-people.tsx'
import styles from './chat-info.module.css'
import { EditAbout } from './edit-about.tsx'

type Open = 'edit' | 'add' | 'leave'

/** What the chat is called and is about, and the acts that concern all of it. */
export function Head({ room }: { room: Room }) {
  const text = useText()
  const client = useClient()
  const me = client.getSafeUserId()
  const picture = usePicture(pictureOf(room))
  const [open, setOpen] = useState<Open>()
  const close = () => setOpen(undefined)
  const topic = topicOf(room)
  const forTwo = directRooms(client).has(room.roomId)
  const mayEdit = !forTwo && room.currentState.maySendStateEvent('m.room.name', me)
  return (
    <div className={styles['head']}>
      <Avatar
        size="xl"
        id={room.getAvatarFallbackMember()?.userId ?? room.roomId}
        name={room.name}
        picture={picture}
      />
      <h3>{room.name}</h3>
      {topic !== '' && <p className={styles['topic']}>{topic}</p>}
      <div className={styles['buttons']}>
        {!forTwo && mayAct(room, me, 'invite') && (
          <Button look="soft" onClick={() => setOpen('add')}>
            <UserPlus size={18} aria-hidden />
            {text('info.addPeople')}
          </Button>
        )}
        {mayEdit && (
          <Button look="soft" onClick={() => setOpen('edit')}>
            <Pencil size={18} aria-hidden />
            {text('info.edit')}
          </Button>
        )}
        <Button look="danger" onClick={() => setOpen('leave')}>
          <LogOut size={18} aria-hidden />
          {text('chats.leave')}
        </Button>
      </div>
      <AddPeople room={room} open={open === 'add'} onClose={close} />
      <EditAbout room={room} open={open === 'edit'} onClose={close} />
      <Leave room={room} open={open === 'leave'} onClose={close} />
    </div>
  )
}

function Leave({ room, open, onClose }: { room: Room; open: boolean; onClose: () => void }) {
  const text = useText()
  return (
    <Sheet
      open={open}
      title={text('chats.leaveAsk', { name: room.name })}
      closeLabel={text('general.close')}
      onClose={onClose}
    >
      <div className={styles['form']}>
        <p>{text('chats.leaveText')}</p>
        <Button
          wide
          look="danger"
          onClick={() => {
            goTo({ section: 'chats' }, { replace: true })
            leaveChat(room.client, room.roomId).catch(() => showToast(text('general.failed')))
          }}
        >
          {text('chats.leave')}
        </Button>
      </div>
    </Sheet>
  )
}
