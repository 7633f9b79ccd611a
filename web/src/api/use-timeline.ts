import { type MatrixEvent, MatrixEventEvent, type Room, RoomEvent, ThreadEvent } from 'matrix-js-sdk'
import { useCallback, useMemo, useRef, useState } from 'react'
import { useClient } from './client-context.ts'
import { hasOlder, loadedEvents, loadOlder } from './timeline.ts'
import { useChanges } from './use-changes.ts'

const roomEvents = [
  RoomEvent.Timeline,
  RoomEvent.TimelineReset,
  RoomEvent.Receipt,
  RoomEvent.Redaction,
  RoomEvent.LocalEchoUpdated,
  ThreadEvent.New,
  ThreadEvent.Update,
] as const
const clientEvents = [MatrixEventEvent.Decrypted, MatrixEventEvent.Replaced] as const

export type Timeline = {
  events: readonly MatrixEvent[]
  /** Changes whenever anything about the events may have changed. */
  version: string
  hasOlder: boolean
  loadOlder: () => void
  loadingOlder: boolean
}

/** The history of a room as far as it is here, following the room. */
export function useTimeline(room: Room): Timeline {
  const client = useClient()
  const version = `${useChanges(room, roomEvents)}-${useChanges(client, clientEvents)}`
  const [loadingOlder, setLoadingOlder] = useState(false)
  const loading = useRef(false)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the version tells that the room holds something new.
  const events = useMemo(() => loadedEvents(room), [room, version])
  const load = useCallback(() => {
    if (loading.current || !hasOlder(room)) return
    loading.current = true
    setLoadingOlder(true)
    loadOlder(client, room)
      // Without a connection what is here is all there is for now; the next scroll tries again.
      .catch(() => false)
      .finally(() => {
        loading.current = false
        setLoadingOlder(false)
      })
  }, [client, room])
  return { events, version, hasOlder: hasOlder(room), loadOlder: load, loadingOlder }
}
