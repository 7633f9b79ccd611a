import { Direction, type MatrixClient, type MatrixEvent, type Room, TimelineWindow } from 'matrix-js-sdk'

/**
 * The part of a room's history that is shown. However long the history is, only so much of it is arranged and counted
 * with every change: what is far from where the person looks is let go of and comes back when they return.
 */
export type HistoryWindow = {
  events(): readonly MatrixEvent[]
  hasOlder(): boolean
  /** Whether the newest message of the room lies beyond the window. */
  hasNewer(): boolean
  older(): Promise<void>
  newer(): Promise<void>
  /** Moves the window to an event, wherever in the history it is. Rejects when there is none. */
  show(eventId: string): Promise<void>
  showEnd(): void
  /** Lets go of what is too much, at the end that the person is moving away from. True when that changed something. */
  trim(): boolean
}

const pageSize = 80
const eventsMost = 1200
/** The SDK's window never trims itself: it would do so together with adding, and the view could not stay in its place. */
const noLimit = Number.MAX_SAFE_INTEGER
/** A window of the SDK listens to its room for ever, so there is one for each. */
const windows = new WeakMap<Room, TimelineWindow>()

export function openHistory(client: MatrixClient, room: Room): HistoryWindow {
  const window =
    windows.get(room) ?? new TimelineWindow(client, room.getUnfilteredTimelineSet(), { windowLimit: noLimit })
  windows.set(room, window)
  let following = true
  let movingTo: Direction = Direction.Forward

  function showEnd(): void {
    // Without an event it takes what is here, at once.
    void window.load(undefined, pageSize)
    following = true
  }

  async function move(direction: Direction): Promise<void> {
    movingTo = direction
    await window.paginate(direction, pageSize)
    if (direction === Direction.Forward) following = !window.canPaginate(Direction.Forward)
  }

  showEnd()
  return {
    events() {
      if (following) {
        window.extend(Direction.Forward, noLimit)
        // After a gap in the sync the room goes on in another timeline.
        if (window.getTimelineIndex(Direction.Forward)?.timeline !== room.getLiveTimeline()) showEnd()
      }
      return window.getEvents()
    },
    hasOlder: () => window.canPaginate(Direction.Backward),
    hasNewer: () => !following,
    older: () => move(Direction.Backward),
    newer: () => move(Direction.Forward),
    async show(eventId) {
      await fetchAround(client, room, eventId)
      await window.load(eventId, pageSize)
      following = !window.canPaginate(Direction.Forward)
    },
    showEnd,
    trim() {
      const excess = window.getEvents().length - eventsMost
      if (excess <= 0) return false
      window.unpaginate(excess, movingTo === Direction.Forward)
      if (movingTo === Direction.Backward) following = false
      return true
    },
  }
}

/** Elsewhere in the history the SDK begins with the one event: what stands around it comes before anything is shown. */
async function fetchAround(client: MatrixClient, room: Room, eventId: string): Promise<void> {
  const timeline = await client.getEventTimeline(room.getUnfilteredTimelineSet(), eventId)
  if (!timeline || timeline.getEvents().length >= pageSize / 2) return
  await Promise.allSettled(
    [true, false].map((backwards) =>
      client.paginateEventTimeline(timeline, { backwards, limit: pageSize / 2 }),
    ),
  )
}
