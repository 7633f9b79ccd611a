import { Bell, BellOff, CheckCheck, Folder, LogOut, Pin, PinOff } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { leaveChat, markRead, setMuted, setPinned } from '../../api/chat-actions.ts'
import type { ChatSummary } from '../../api/chat-summary.ts'
import { useClient } from '../../api/client-context.ts'
import { useText } from '../../i18n/text.ts'
import { goTo, usePlace } from '../../navigation/router.ts'
import { Button } from '../../ui/button.tsx'
import type { MenuItem } from '../../ui/menu.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import { showToast } from '../../ui/toast.tsx'
import { ChatFolders } from './folders/chat-folders.tsx'

type RowActions = { items: readonly MenuItem[]; swipe: readonly MenuItem[]; dialog: ReactNode }

/** What can be done with a chat from the list: by a long press, the right button, or a swipe. */
export function useRowActions(chat: ChatSummary): RowActions {
  const text = useText()
  const client = useClient()
  const { open } = usePlace()
  const [asked, setAsked] = useState<'leave' | 'folders'>()
  const close = () => setAsked(undefined)
  const { roomId, pinned, muted } = chat
  const attempt = (work: Promise<void>) => void work.catch(() => showToast(text('general.failed')))

  const pin: MenuItem = {
    id: 'pin',
    label: text(pinned ? 'chats.unpin' : 'chats.pin'),
    picture: pinned ? <PinOff size={18} /> : <Pin size={18} />,
    onSelect: () => attempt(setPinned(client, roomId, !pinned)),
  }
  const mute: MenuItem = {
    id: 'mute',
    label: text(muted ? 'chats.unmute' : 'chats.mute'),
    picture: muted ? <Bell size={18} /> : <BellOff size={18} />,
    onSelect: () => attempt(setMuted(client, roomId, !muted)),
  }
  const read: MenuItem = {
    id: 'read',
    label: text('chats.markRead'),
    picture: <CheckCheck size={18} />,
    onSelect: () => attempt(markRead(client, roomId)),
  }
  const folders: MenuItem = {
    id: 'folders',
    label: text('folders.put'),
    picture: <Folder size={18} />,
    onSelect: () => setAsked('folders'),
  }
  const leave: MenuItem = {
    id: 'leave',
    label: text('chats.leave'),
    picture: <LogOut size={18} />,
    danger: true,
    onSelect: () => setAsked('leave'),
  }
  return {
    items: chat.unread > 0 ? [pin, mute, read, folders, leave] : [pin, mute, folders, leave],
    swipe: [chat.unread > 0 ? read : pin, mute],
    dialog: (
      <>
        <ChatFolders chat={chat} open={asked === 'folders'} onClose={close} />
        <LeaveAsk
          chat={chat}
          open={asked === 'leave'}
          onClose={close}
          onLeave={() => {
            close()
            if (open === roomId) goTo({ section: 'chats' })
            attempt(leaveChat(client, roomId))
          }}
        />
      </>
    ),
  }
}

type LeaveAskProps = { chat: ChatSummary; open: boolean; onClose: () => void; onLeave: () => void }

function LeaveAsk({ chat, open, onClose, onLeave }: LeaveAskProps) {
  const text = useText()
  return (
    <Sheet
      open={open}
      title={text('chats.leaveAsk', { name: chat.name })}
      closeLabel={text('general.close')}
      onClose={onClose}
    >
      <p>{text('chats.leaveText')}</p>
      <Button wide look="danger" onClick={onLeave}>
        {text('chats.leave')}
      </Button>
    </Sheet>
  )
}
