import type { Position } from '../../platform/stream/stream.ts'
import type { MembershipEntry, Rooms } from '../rooms/api.ts'
import type { Changes } from './waiting/changes.ts'

/** Who shares a joined room with a person; remembered for as long as nobody comes to or leaves the person's rooms. */
export type Neighbours = {
  of(view: Viewpoint): Promise<ReadonlySet<string>>
}

type Viewpoint = {
  caller: { userId: string }
  upTo: Position
  memberships: ReadonlyMap<string, MembershipEntry>
}
type Known = { people: ReadonlySet<string>; at: Position }

const peopleMax = 20_000

export function createNeighbours(deps: {
  rooms: Pick<Rooms, 'peopleSharingRooms'>
  changes: Pick<Changes, 'members' | 'membership'>
}): Neighbours {
  const known = new Map<string, Known>()

  function isCurrent({ at }: Known, { caller, memberships }: Viewpoint): boolean {
    if (deps.changes.membership(caller.userId, at)) return false
    for (const { roomId, membership } of memberships.values()) {
      if (membership === 'join' && deps.changes.members(roomId, at)) return false
    }
    return true
  }

  return {
    async of(view) {
      const { userId } = view.caller
      const entry = known.get(userId)
      if (entry && isCurrent(entry, view)) return entry.people
      const people = await deps.rooms.peopleSharingRooms(userId)
      known.delete(userId)
      known.set(userId, { people, at: view.upTo })
      if (known.size > peopleMax) known.delete(known.keys().next().value ?? userId)
      return people
    },
  }
}
