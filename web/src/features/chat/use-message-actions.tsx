import {
  CircleStop,
  Copy,
  Info,
  MessagesSquare,
  Pencil,
  Pin,
  PinOff,
  Reply,
  RotateCw,
  Trash2,
} from 'lucide-react'
import type { MatrixEvent } from 'matrix-js-sdk'
import { useClient } from '../../api/client-context.ts'
import { outbox } from '../../api/device-outbox.ts'
import type { OutboxEntry } from '../../api/outbox.ts'
import { isPinned, setPinnedMessage } from '../../api/pinned.ts'
import { pollEndContent } from '../../api/poll-content.ts'
import { redact } from '../../api/reactions.ts'
import { type Text, useText } from '../../i18n/text.ts'
import type { MenuItem } from '../../ui/menu.tsx'
import { showToast } from '../../ui/toast.tsx'
import { type ChatContextValue, useChat } from './chat-context.ts'
import type { ShownThing } from './shown-things.ts'
import { contentOf } from './thing-content.ts'

/** What can be done with a message: in the menu of a long press or the right mouse button. */
export function useMessageActions(thing: ShownThing, own: boolean): readonly MenuItem[] {
  const text = useText()
  const client = useClient()
  const chat = useChat()
  if (thing.entry) return actionsOfPending(thing.entry, text)
  const { event } = thing
  const info: MenuItem = {
    id: 'info',
    label: text('chat.info'),
    picture: <Info size={18} />,
    onSelect: () => chat.showInfo(event),
  }
  if (event.isRedacted()) return [info]
  const me = client.getSafeUserId()
  const state = chat.room.currentState
  const mayRedact = own || state.maySendRedactionForEvent(event, me)
  return [
    ...actionsOfSaid(event, chat, text, own),
    ...(state.maySendStateEvent('m.room.pinned_events', me) ? [pinAction(event, chat, text)] : []),
    ...(own ? endPollAction(event, chat, text) : []),
    info,
    ...(mayRedact ? [deleteAction(event, text)] : []),
  ]
}

function actionsOfSaid(event: MatrixEvent, chat: ChatContextValue, text: Text, own: boolean): MenuItem[] {
  const { msgtype, body } = contentOf({ event } as ShownThing)
  const items: MenuItem[] = [
    {
      id: 'reply',
      label: text('chat.reply'),
      picture: <Reply size={18} />,
      onSelect: () => chat.reply(event),
    },
  ]
  if (chat.threadId === undefined)
    items.push({
      id: 'thread',
      label: text('chat.thread'),
      picture: <MessagesSquare size={18} />,
      onSelect: () => chat.openThread(event),
    })
  if (msgtype !== 'm.text') return items
  items.push({
    id: 'copy',
    label: text('chat.copy'),
    picture: <Copy size={18} />,
    onSelect: () =>
      void navigator.clipboard.writeText(String(body)).then(() => showToast(text('general.copied'))),
  })
  if (own)
    items.push({
      id: 'edit',
      label: text('chat.edit'),
      picture: <Pencil size={18} />,
      onSelect: () => chat.edit(event),
    })
  return items
}

function pinAction(event: MatrixEvent, { room }: ChatContextValue, text: Text): MenuItem {
  const pinned = isPinned(room, event.getId() ?? '')
  return {
    id: 'pin',
    label: text(pinned ? 'chats.unpin' : 'chats.pin'),
    picture: pinned ? <PinOff size={18} /> : <Pin size={18} />,
    onSelect: () =>
      void setPinnedMessage(room, event.getId() ?? '', !pinned).catch(() =>
        showToast(text('general.failed')),
      ),
  }
}

function endPollAction(event: MatrixEvent, { room }: ChatContextValue, text: Text): MenuItem[] {
  const id = event.getId() ?? ''
  const poll = room.polls.get(id)
  if (!poll || poll.isEnded) return []
  return [
    {
      id: 'endPoll',
      label: text('poll.end'),
      picture: <CircleStop size={18} />,
      onSelect: () => void outbox.add({ roomId: room.roomId, ...pollEndContent(id, text('poll.hasEnded')) }),
    },
  ]
}

function deleteAction(event: MatrixEvent, text: Text): MenuItem {
  return {
    id: 'delete',
    label: text('chat.deleteForAll'),
    picture: <Trash2 size={18} />,
    danger: true,
    onSelect: () => void redact(event.getRoomId() ?? '', event.getId() ?? ''),
  }
}

function actionsOfPending({ txnId, state }: OutboxEntry, text: Text): MenuItem[] {
  const retry: MenuItem = {
    id: 'retry',
    label: text('general.retry'),
    picture: <RotateCw size={18} />,
    onSelect: () => void outbox.retry(txnId),
  }
  const discard: MenuItem = {
    id: 'discard',
    label: text('general.delete'),
    picture: <Trash2 size={18} />,
    danger: true,
    onSelect: () => void outbox.discard(txnId),
  }
  return state === 'failed' ? [retry, discard] : [discard]
}
