import { type MatrixEvent, MatrixEventEvent, type Room, RoomEvent, ThreadEvent } from 'matrix-js-sdk'
import { useCallback, useMemo, useReducer, useRef } from 'react'
import { useClient } from './client-context.ts'
import { openHistory } from './history-window.ts'
import { useChanges } from './use-changes.ts'
import { useDecryption } from './use-decryption.ts'

const roomEvents = [
  RoomEvent.Timeline,
  RoomEvent.TimelineReset,
  RoomEvent.Receipt,
  RoomEvent.Redaction,
  RoomEvent.LocalEchoUpdated,
  // Whether links are looked up.
  RoomEvent.AccountData,
  ThreadEvent.New,
  ThreadEvent.Update,
] as const
const clientEvents = [MatrixEventEvent.Decrypted, MatrixEventEvent.Replaced] as const

export type Timeline = {
  events: readonly MatrixEvent[]
  /** Changes whenever anything about the events may have changed. */
  version: string
  hasOlder: boolean
  hasNewer: boolean
  loadOlder: () => void
  loadNewer: () => void
  /** Resolves when the event is among the events. */
  show: (eventId: string) => Promise<void>
  showEnd: () => void
}

/** The part of a room's history that is shown, following the room. */
export function useTimeline(room: Room): Timeline {
  const client = useClient()
  const history = useMemo(() => openHistory(client, room), [client, room])
  const [moves, moved] = useReducer((count: number) => count + 1, 0)
  const ofRoom = useMemo(
    () => ({ concerns: (event: unknown) => (event as MatrixEvent).getRoomId() === room.roomId }),
    [room],
  )
  const version = `${useChanges(room, roomEvents)}-${useChanges(client, clientEvents, ofRoom)}-${moves}`
  const loading = useRef(false)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the version tells that the room holds something new.
  const events = useMemo(() => history.events(), [history, version])
  useDecryption(events)

  const load = useCallback(
    (page: () => Promise<void>) => {
      if (loading.current) return
      loading.current = true
      page()
        .then(
          () => {
            moved()
            // In a drawing of its own: then each of the two changes only one end of the list.
            setTimeout(() => history.trim() && moved())
          },
          // Without a connection what is here is all there is for now; the next scroll tries again.
          () => {},
        )
        .finally(() => {
          loading.current = false
        })
    },
    [history],
  )
  const show = useCallback(
    async (eventId: string) => {
      if (history.events().every((event) => event.getId() !== eventId)) await history.show(eventId)
      moved()
    },
    [history],
  )
  const showEnd = useCallback(() => {
    history.showEnd()
    moved()
  }, [history])

  return {
    events,
    version,
    hasOlder: history.hasOlder(),
    hasNewer: history.hasNewer(),
    loadOlder: useCallback(() => load(history.older), [load, history]),
    loadNewer: useCallback(() => load(history.newer), [load, history]),
    show,
    showEnd,
  }
}
