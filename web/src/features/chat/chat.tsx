import { MessagesSquare } from 'lucide-react'
import { useRoom } from '../../api/use-room.ts'
import { useText } from '../../i18n/text.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Community } from '../community/community.tsx'
import { Join } from '../join/join.tsx'
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
  const room = useRoom(roomId)
  const membership = room?.getMyMembership()
  // A chat that was just made or joined comes with the next sync; until then, and for others, this is the door.
  if (!room || membership !== 'join') return <Join open={roomId} room={room} />
  if (room.isSpaceRoom()) return <Community room={room} />
  return <ChatScreen key={roomId} room={room} />
}
