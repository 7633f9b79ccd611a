import { Plus } from 'lucide-react'
import type { Room } from 'matrix-js-sdk'
import { useState } from 'react'
import type { ChatSummary } from '../../api/chat-summary.ts'
import { useClient } from '../../api/client-context.ts'
import { addChat, childrenOf, createChatIn } from '../../api/communities.ts'
import { useBusy } from '../../api/use-busy.ts'
import { useChats } from '../../api/use-chats.ts'
import { usePicture } from '../../api/use-media.ts'
import { useText } from '../../i18n/text.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { Button } from '../../ui/button.tsx'
import { ListRow } from '../../ui/list-row.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { showToast } from '../../ui/toast.tsx'
import styles from './community.module.css'

type AddChatProps = { space: Room; open: boolean; onClose: () => void }

/** Puts a new chat, or one of one's own, into a community. */
export function AddChat({ space, open, onClose }: AddChatProps) {
  const text = useText()
  return (
    <Sheet
      tall
      open={open}
      title={text('community.add')}
      closeLabel={text('general.close')}
      onClose={onClose}
    >
      <Form space={space} onDone={onClose} />
    </Sheet>
  )
}

function Form({ space, onDone }: { space: Room; onDone: () => void }) {
  const text = useText()
  const client = useClient()
  const [name, setName] = useState('')
  const { busy, run } = useBusy(() => showToast(text('general.failed')))
  const known = childrenOf(space)
  const own = useChats().filter(
    (chat) => !chat.invited && (chat.kind === 'group' || chat.kind === 'open') && !known.has(chat.roomId),
  )
  const finish = (work: () => Promise<unknown>) =>
    run(async () => {
      await work()
      onDone()
    })
  return (
    <>
      <form
        className={styles['new']}
        onSubmit={(event) => {
          event.preventDefault()
          finish(() => createChatIn(client, space, name.trim()))
        }}
      >
        <TextField
          label={text('community.newChat')}
          value={name}
          maxLength={100}
          onChange={(event) => setName(event.target.value)}
        />
        <Button type="submit" busy={busy} disabled={name.trim() === ''}>
          {text('new.create')}
        </Button>
      </form>
      {own.length > 0 && <h3 className={styles['title']}>{text('community.existing')}</h3>}
      <div className={styles['rows']}>
        {own.slice(0, 200).map((chat) => (
          <OwnChat
            key={chat.roomId}
            chat={chat}
            disabled={busy}
            onChoose={() => {
              const room = client.getRoom(chat.roomId)
              if (room) finish(() => addChat(client, space, room))
            }}
          />
        ))}
      </div>
    </>
  )
}

function OwnChat(props: { chat: ChatSummary; disabled: boolean; onChoose: () => void }) {
  const { chat, disabled, onChoose } = props
  const picture = usePicture(chat.avatarMxc)
  return (
    <ListRow
      start={<Avatar id={chat.roomId} name={chat.name} picture={picture} />}
      title={chat.name}
      end={<Plus size={20} aria-hidden />}
      disabled={disabled}
      onClick={onChoose}
    />
  )
}
