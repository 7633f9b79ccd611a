import { Direction, type EventTimeline, type MatrixClient, type MatrixEvent, type Room } from 'matrix-js-sdk'

const pageSize = 80

/** Every event of the room that is here and hangs together with the newest one, oldest first. */
export function loadedEvents(room: Room): MatrixEvent[] {
  const pages: MatrixEvent[][] = []
  for (const timeline of backwards(room)) pages.push(timeline.getEvents())
  return pages.reverse().flat()
}

export function hasOlder(room: Room): boolean {
  return oldest(room).getPaginationToken(Direction.Backward) !== null
}

/** Brings older events in. False when there are none. */
export async function loadOlder(client: MatrixClient, room: Room): Promise<boolean> {
  return client.paginateEventTimeline(oldest(room), { backwards: true, limit: pageSize })
}

/** Brings events in until one of them is there. False when the history ends first, or is longer than anybody waits for. */
export async function loadUntil(client: MatrixClient, room: Room, eventId: string): Promise<boolean> {
  for (let page = 0; page < 200; page++) {
    if (loadedEvents(room).some((event) => event.getId() === eventId)) return true
    if (!(await loadOlder(client, room))) return false
  }
  return false
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
