import type { Database } from '../../../platform/db/database.ts'
import type { Position } from '../../../platform/stream/stream.ts'
import { refuse } from '../refusals.ts'
import { loadPerspectives, type Perspective } from '../state/perspective.ts'

/** From where a person looks at a room: at it as it is now, or as it was when they left. */
export type Viewpoint = { perspective: Perspective; at: Position | 'now' }

/**
 * The person's viewpoint: now for members and in world-readable rooms, the moment of leaving for former members. Refuses
 * with `rooms.forbidden` everybody else, and whoever has forgotten the room.
 */
export async function viewpointOf(db: Database, userId: string, roomId: string): Promise<Viewpoint> {
  const perspective = (await loadPerspectives(db, userId, [roomId])).get(roomId)
  const stretches = perspective?.stretches ?? []
  const last = stretches.findLastIndex(
    ({ visible, membership }) => visible && (membership === 'join' || isOpen(stretches)),
  )
  if (!perspective || last === -1) throw refuse('rooms.forbidden', 'You are not in this room and never were.')
  return { perspective, at: stretches[last + 1]?.from ?? 'now' }
}

/** World-readable at this moment: the last stretch is visible though the person is not a member. */
function isOpen(stretches: Perspective['stretches']): boolean {
  return stretches.at(-1)?.visible ?? false
}
