import { type Room, RoomStateEvent } from 'matrix-js-sdk'
import { useCallback, useEffect, useState } from 'react'
import { useClient } from '../../api/client-context.ts'
import { type CommunityChat, readCommunity } from '../../api/communities.ts'
import { useChanges } from '../../api/use-changes.ts'

const events = [RoomStateEvent.Events] as const

/** The chats of a community, asked for anew when it changes; `undefined` until the first answer. */
export function useCommunity(room: Room): {
  chats: readonly CommunityChat[] | undefined
  refresh: () => void
} {
  const client = useClient()
  const version = useChanges(room, events)
  const [asked, setAsked] = useState(0)
  const [chats, setChats] = useState<readonly CommunityChat[]>()
  // biome-ignore lint/correctness/useExhaustiveDependencies: both numbers tell that the answer may be another one.
  useEffect(() => {
    let gone = false
    readCommunity(client, room.roomId).then(
      (found) => !gone && setChats(found),
      // Without a connection what was known stays.
      () => !gone && setChats((known) => known ?? []),
    )
    return () => {
      gone = true
    }
  }, [client, room, version, asked])
  const refresh = useCallback(() => setAsked((times) => times + 1), [])
  return { chats, refresh }
}
