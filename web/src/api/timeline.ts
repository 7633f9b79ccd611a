import { Direction, type EventTimeline, type MatrixClient, type MatrixEvent, type Room } from 'matrix-js-sdk'

const pageSize = 80

/** Every event of the room that is here and hangs together with the newest one, oldest first. */
export function loadedEvents(room: Room): MatrixEvent[] {
  const pages: MatrixEvent[][] = []
  for (const timeline of backwards(room)) pages.push(timeline.getEvents())
  return pages.reverse().flat()
}

/** Brings older events in. False when there are none. */
export async function loadOlder(client: MatrixClient, room: Room): Promise<boolean> {
  return client.paginateEventTimeline(oldest(room), { backwards: true, limit: pageSize })
}

function* backwards(room: Room): Iterable<EventTimeline> {
  let timeline: EventTimeline | null = room.getLiveTimeline()
  while (timeline) {
    yield timeline
    timeline = timeline.getNeighbouringTimeline(Direction.Backward)
  }
}

function oldest(room: Room): EventTimeline {
  let last = room.getLiveTimeline()
  for (const timeline of backwards(room)) last = timeline
  return last
}
