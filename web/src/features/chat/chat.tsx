import { MessagesSquare } from 'lucide-react'
import { useRoom } from '../../api/use-room.ts'
import { useText } from '../../i18n/text.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { ChatScreen } from './chat-screen.tsx'

/** A chat, or what stands in its place on a desktop while none is open. */
export function Chat({ roomId }: { roomId?: string | undefined }) {
  const text = useText()
  if (roomId !== undefined) return <OpenChat roomId={roomId} />
  return (
    <EmptyState
      picture={<MessagesSquare size={32} />}
      title={text('chats.choose')}
      text={text('chats.chooseText')}
    />
  )
}

function OpenChat({ roomId }: { roomId: string }) {
  const text = useText()
  const room = useRoom(roomId)
  // A chat that was just made or joined comes with the next sync.
  if (!room) return <Skeleton rows={6} label={text('general.loading')} />
  return <ChatScreen key={roomId} room={room} />
}
