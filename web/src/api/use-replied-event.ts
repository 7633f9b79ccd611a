import { type MatrixEvent, MatrixEventEvent, type Room } from 'matrix-js-sdk'
import { useEffect, useMemo, useState } from 'react'
import { useClient } from './client-context.ts'
import { useChanges } from './use-changes.ts'
import { useDecryption } from './use-decryption.ts'

const eventEvents = [MatrixEventEvent.Decrypted] as const

/** An event that another one names: from what is here, else from the server. */
export function useRepliedEvent(room: Room, eventId: string | undefined): MatrixEvent | undefined {
  const client = useClient()
  const here = eventId === undefined ? undefined : room.findEventById(eventId)
  const [fetched, setFetched] = useState<MatrixEvent>()
  useDecryption(useMemo(() => [here], [here]))
  useChanges(here, eventEvents)
  useEffect(() => {
    if (eventId === undefined || here) return
    let gone = false
    const load = async () => {
      const event = client.getEventMapper()(await client.fetchRoomEvent(room.roomId, eventId))
      await client.decryptEventIfNeeded(event)
      if (!gone) setFetched(event)
    }
    // What cannot be seen, or not now, stays a quote without words.
    load().catch(() => {})
    return () => {
      gone = true
    }
  }, [client, room, eventId, here])
  return here ?? (fetched?.getId() === eventId ? fetched : undefined)
}
