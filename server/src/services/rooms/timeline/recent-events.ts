import type { Slice } from '../api.ts'
import type { StoredEvent } from './stored-event.ts'

type Range = { after: number | undefined; upTo: number; limit: number }

/**
 * The newest events of all rooms, as this node has followed them: complete from `floor` (exclusive) to `head`. What a
 * sync asks for is almost always here. Bounded by count and by size; the oldest events go first and raise the floor.
 */
export type RecentEvents = {
  /** Takes in all events in `(after, upTo]`, in order. The first call sets the floor. */
  take(events: readonly StoredEvent[], range: { after: number; upTo: number }): void
  /** Puts the redacted form of an event in its place. */
  replace(event: StoredEvent): void
  /** Forgets what `isGone` says of these rooms' events. */
  remove(roomIds: ReadonlySet<string>, isGone: (event: StoredEvent) => boolean): void
  /** The room's slice if memory is sure to hold all of it. */
  slice(roomId: string, range: Range): Slice | undefined
  /** Events of the room after a position, oldest first, if memory holds all of them. */
  after(roomId: string, range: { after: number; upTo: number }): readonly StoredEvent[] | undefined
  find(roomId: string, eventId: string): StoredEvent | undefined
}

const none: readonly StoredEvent[] = []

export function createRecentEvents(bounds: { countMax: number; bytesMax: number }): RecentEvents {
  const rooms = new Map<string, StoredEvent[]>()
  const byId = new Map<string, StoredEvent>()
  let order: { roomId: string; position: number; sizeBytes: number }[] = []
  let oldest = 0
  let bytes = 0
  let floor = Number.POSITIVE_INFINITY
  let head = -1

  function forgetOldest(): void {
    const entry = order[oldest]
    if (!entry) return
    oldest += 1
    bytes -= entry.sizeBytes
    floor = Math.max(floor, entry.position)
    const ofRoom = rooms.get(entry.roomId)
    const [gone] = ofRoom?.splice(0, 1) ?? []
    if (gone) byId.delete(idKey(gone.roomId, gone.eventId))
    if (ofRoom?.length === 0) rooms.delete(entry.roomId)
    // The entries before `oldest` are let go of when they are half of the list.
    if (oldest * 2 > order.length) {
      order = order.slice(oldest)
      oldest = 0
    }
  }

  function between(roomId: string, after: number, upTo: number): readonly StoredEvent[] {
    const ofRoom = rooms.get(roomId)
    if (!ofRoom) return none
    return ofRoom.slice(indexAfter(ofRoom, after), indexAfter(ofRoom, upTo))
  }

  return {
    take(events, { after, upTo }) {
      if (head < 0) floor = after
      for (const event of events) {
        const { roomId, position, sizeBytes } = event
        const ofRoom = rooms.get(roomId)
        if (ofRoom) ofRoom.push(event)
        else rooms.set(roomId, [event])
        byId.set(idKey(roomId, event.eventId), event)
        order.push({ roomId, position, sizeBytes })
        bytes += sizeBytes
      }
      head = upTo
      while (order.length - oldest > bounds.countMax || bytes > bounds.bytesMax) forgetOldest()
    },
    replace(event) {
      const ofRoom = rooms.get(event.roomId)
      const index = ofRoom ? indexAfter(ofRoom, event.position) - 1 : -1
      if (!ofRoom || ofRoom[index]?.position !== event.position) return
      ofRoom[index] = event
      byId.set(idKey(event.roomId, event.eventId), event)
    },
    remove(roomIds, isGone) {
      const gone = new Set<number>()
      for (const roomId of roomIds) {
        const ofRoom = rooms.get(roomId) ?? []
        const kept = ofRoom.filter((event) => !isGone(event))
        if (kept.length === ofRoom.length) continue
        for (const event of ofRoom) {
          if (!isGone(event)) continue
          gone.add(event.position)
          byId.delete(idKey(roomId, event.eventId))
        }
        if (kept.length > 0) rooms.set(roomId, kept)
        else rooms.delete(roomId)
      }
      if (gone.size === 0) return
      const stays = ({ roomId, position }: { roomId: string; position: number }) =>
        !(roomIds.has(roomId) && gone.has(position))
      order = order.slice(oldest).filter(stays)
      oldest = 0
      bytes = order.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
    },
    slice(roomId, { after, upTo, limit }) {
      if (upTo > head) return undefined
      const isCovered = after !== undefined && after >= floor
      const found = between(roomId, Math.max(after ?? 0, floor), upTo)
      if (!isCovered && found.length <= limit) return undefined
      return { events: limit === 0 ? [] : found.slice(-limit), limited: found.length > limit }
    },
    after(roomId, { after, upTo }) {
      return after < floor || upTo > head ? undefined : between(roomId, after, upTo)
    },
    find: (roomId, eventId) => byId.get(idKey(roomId, eventId)),
  }
}

/** The index of the first event with a position beyond `position`. */
function indexAfter(events: readonly StoredEvent[], position: number): number {
  let low = 0
  let high = events.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((events[middle]?.position ?? 0) <= position) low = middle + 1
    else high = middle
  }
  return low
}

function idKey(roomId: string, eventId: string): string {
  return `${roomId} ${eventId}`
}
