import { type Room, RoomEvent } from 'matrix-js-sdk'
import { useEffect } from 'react'
import { markRead } from './chat-actions.ts'
import { useClient } from './client-context.ts'
import { useChanges } from './use-changes.ts'

const events = [RoomEvent.Timeline] as const

/** Whoever has the chat before their eyes has read it: in a tab that is seen, and with the window in front. */
export function useMarkRead(room: Room): void {
  const client = useClient()
  const version = useChanges(room, events)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the version tells that there is something new to have read.
  useEffect(() => {
    const look = () => {
      if (document.visibilityState !== 'visible' || !document.hasFocus()) return
      const last = room.getLastLiveEvent()?.getId()
      if (last === undefined || room.getEventReadUpTo(client.getSafeUserId(), true) === last) return
      // Without a connection the next message or the next look tells it.
      markRead(client, room.roomId).catch(() => {})
    }
    look()
    addEventListener('focus', look)
    document.addEventListener('visibilitychange', look)
    return () => {
      removeEventListener('focus', look)
      document.removeEventListener('visibilitychange', look)
    }
  }, [client, room, version])
}
