import type { Clock } from '../../../platform/clock.ts'
import type { JsonObject } from '../../../platform/json.ts'
import type { SoftChanges } from '../soft-changes.ts'

/** Who types where, as this node knows it. */
export type TypingRooms = {
  /** Until `untilMs`, unless it is renewed or stopped. */
  start(roomId: string, userId: string, untilMs: number): void
  /** True when the person was typing there. */
  stop(roomId: string, userId: string): boolean
  /**
   * The m.typing content of those of `roomIds` that changed after change `shown`; without it, of all that are known:
   * where somebody types, and where somebody did until a short while ago.
   */
  changed(roomIds: Iterable<string>, shown: number | undefined): Map<string, JsonObject>
  close(): void
}

type Room = { untilMs: Map<string, number>; changedAt: number; emptySinceMs: number }

/** As long as a client of another node may still show somebody who has stopped. */
const emptyRememberedMs = 120_000

export function createTypingRooms(
  deps: { clock: Clock; changes: SoftChanges },
  onChange: (roomId: string) => void,
): TypingRooms {
  const { clock, changes } = deps
  const rooms = new Map<string, Room>()
  let lastChange = 0
  let alarm: { atMs: number; cancel: () => void } | undefined

  function changed(roomId: string, room: Room): void {
    lastChange = changes.next()
    room.changedAt = lastChange
    room.emptySinceMs = clock.now()
    onChange(roomId)
  }

  /** One timer for all rooms: for whatever ends first. */
  function setAlarm(atMs: number): void {
    if (alarm && alarm.atMs <= atMs) return
    alarm?.cancel()
    alarm = { atMs, cancel: clock.after(Math.max(0, atMs - clock.now()), endWhatIsDue) }
  }

  function endWhatIsDue(): void {
    alarm = undefined
    const now = clock.now()
    let next = Infinity
    for (const [roomId, room] of [...rooms]) {
      const due = [...room.untilMs].filter(([, untilMs]) => untilMs <= now)
      for (const [userId] of due) room.untilMs.delete(userId)
      if (due.length > 0) changed(roomId, room)
      if (room.untilMs.size === 0 && room.emptySinceMs + emptyRememberedMs <= now) rooms.delete(roomId)
      else next = Math.min(next, nextDue(room))
    }
    if (next < Infinity) setAlarm(next)
  }

  return {
    start(roomId, userId, untilMs) {
      const room = rooms.get(roomId) ?? { untilMs: new Map(), changedAt: 0, emptySinceMs: 0 }
      rooms.set(roomId, room)
      const known = room.untilMs.has(userId)
      room.untilMs.set(userId, untilMs)
      setAlarm(untilMs)
      if (!known) changed(roomId, room)
    },
    stop(roomId, userId) {
      const room = rooms.get(roomId)
      if (!room?.untilMs.delete(userId)) return false
      changed(roomId, room)
      setAlarm(nextDue(room))
      return true
    },
    changed(roomIds, shown) {
      const found = new Map<string, JsonObject>()
      if (rooms.size === 0 || (shown ?? -1) >= lastChange) return found
      for (const roomId of roomIds) {
        const room = rooms.get(roomId)
        if (room && room.changedAt > (shown ?? -1)) found.set(roomId, { user_ids: [...room.untilMs.keys()] })
      }
      return found
    },
    close: () => alarm?.cancel(),
  }
}

function nextDue({ untilMs, emptySinceMs }: Room): number {
  return untilMs.size === 0 ? emptySinceMs + emptyRememberedMs : Math.min(...untilMs.values())
}
