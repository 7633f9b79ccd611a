import type { Rooms, TimelineEvent } from '../../rooms/api.ts'
import type { Service } from '../connections/connections.ts'

/**
 * Knows, event by event, what concerns a service. It walks the stream with the sender: for the rooms that it remembers it
 * knows which of the service's people are joined at that place of the stream, not now.
 */
export type Interest = {
  /** Learns of rooms it does not remember, as they are at `position`. */
  prepare(roomIds: Iterable<string>, position: number): Promise<void>
  /** Takes in the next event of a prepared room, and says whether the service is to be told. */
  take(event: TimelineEvent): boolean
  /** Whether what happens in a prepared room concerns the service. */
  in(roomId: string): boolean
  /** To be called when the sender goes back to an earlier place. */
  forget(roomIds: Iterable<string>): void
}

type Room = { joined: Set<string>; always: boolean }

/** More than one transaction can have. */
const roomsMax = 5_000

export function createInterest(
  { rooms }: { rooms: Pick<Rooms, 'stateAt' | 'aliasesOf'> },
  service: Service,
): Interest {
  const known = new Map<string, Room>()

  async function load(roomId: string, position: number): Promise<void> {
    const members = await rooms.stateAt(roomId, position, [{ type: 'm.room.member' }])
    const joined = members.flatMap(({ stateKey = '', content }) =>
      content['membership'] === 'join' && service.mayBe(stateKey) ? [stateKey] : [],
    )
    known.set(roomId, { joined: new Set(joined), always: service.isInterestedInRoom(roomId) })
  }

  /** An alias that a room is given counts from the next transaction on. */
  async function lookAtAliases(roomIds: readonly string[]): Promise<void> {
    if (service.aliases.length === 0) return
    const aliases = await rooms.aliasesOf(roomIds)
    for (const roomId of roomIds) {
      const room = known.get(roomId)
      if (!room) continue
      const named = aliases.get(roomId)?.some((alias) => service.isInterestedInAlias(alias)) ?? false
      room.always = named || service.isInterestedInRoom(roomId)
    }
  }

  const isConcerned = (room: Room | undefined) => room !== undefined && (room.always || room.joined.size > 0)

  return {
    async prepare(roomIds, position) {
      const wanted = [...new Set(roomIds)]
      for (const roomId of wanted) {
        const room = known.get(roomId)
        known.delete(roomId)
        // Last in the order of use.
        if (room) known.set(roomId, room)
        else await load(roomId, position)
      }
      await lookAtAliases(wanted)
      for (const roomId of known.keys()) {
        if (known.size <= Math.max(roomsMax, wanted.length)) break
        known.delete(roomId)
      }
    },
    take({ roomId, type, stateKey, content }) {
      const room = known.get(roomId)
      const subject = type === 'm.room.member' ? stateKey : undefined
      const isTarget = subject !== undefined && service.mayBe(subject)
      const before = isConcerned(room)
      if (isTarget) {
        if (content['membership'] === 'join') room?.joined.add(subject)
        else room?.joined.delete(subject)
      }
      return before || isTarget || isConcerned(room)
    },
    in: (roomId) => isConcerned(known.get(roomId)),
    forget(roomIds) {
      for (const roomId of roomIds) known.delete(roomId)
    },
  }
}
