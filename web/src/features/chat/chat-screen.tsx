import type { Room } from 'matrix-js-sdk'
import { ChatHeader } from './chat-header.tsx'
import { Composer } from './composer.tsx'
import { History } from './history.tsx'

export function ChatScreen({ room }: { room: Room }) {
  return (
    <>
      <ChatHeader room={room} />
      <History room={room} />
      <Composer room={room} />
    </>
  )
}
