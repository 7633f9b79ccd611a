import type { RoomVersion } from '../protocol/room-versions.ts'
import { keyOf, membershipIn } from '../state/room-state.ts'
import type { StoredEvent } from '../timeline/stored-event.ts'
import { type RoomDraft, stateIn } from './room-draft.ts'

/** A room as an append finds it under its lock, what the same batch has added before included. */
export type RoomView = {
  roomId: string
  version: RoomVersion
  event(type: string, stateKey: string): StoredEvent | undefined
  /** The people joined, in no particular order; made as it is read, so that stopping early is cheap. */
  joined(): Iterable<string>
}

export function viewOf(room: RoomDraft): RoomView {
  function* joined(): Iterable<string> {
    for (const event of stateEvents(room)) {
      if (event.type === 'm.room.member' && event.stateKey !== undefined && membershipIn(event) === 'join')
        yield event.stateKey
    }
  }
  return {
    roomId: room.roomId,
    version: room.version,
    event: (type, stateKey) => stateIn(room, type, stateKey),
    joined,
  }
}

function* stateEvents({ base, changes }: RoomDraft): Iterable<StoredEvent> {
  yield* changes.values()
  for (const event of base?.events() ?? [])
    if (!changes.has(keyOf(event.type, event.stateKey ?? ''))) yield event
}
