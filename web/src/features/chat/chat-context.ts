import type { MatrixEvent, Room } from 'matrix-js-sdk'
import { createContext, useContext } from 'react'

/** What a message can ask of the chat it is in. */
export type ChatContextValue = {
  room: Room
  /** The thread that is shown; the chat itself when there is none. */
  threadId: string | undefined
  reply(event: MatrixEvent): void
  edit(event: MatrixEvent): void
  openThread(event: MatrixEvent): void
  jumpTo(eventId: string): void
  showInfo(event: MatrixEvent): void
  /** The message that was jumped to, for a moment. */
  highlighted: string | undefined
}

export const ChatContext = createContext<ChatContextValue | undefined>(undefined)

export function useChat(): ChatContextValue {
  const chat = useContext(ChatContext)
  if (!chat) throw new Error('this is in no chat')
  return chat
}
