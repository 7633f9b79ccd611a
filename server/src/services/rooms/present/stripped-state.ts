import type { JsonObject } from '../../../platform/json.ts'
import { type StateDeps, stateAt } from '../operations/read-state.ts'
import { findByPosition } from '../operations/read-timeline.ts'
import type { StoredEvent } from '../timeline/stored-event.ts'

/** https://spec.matrix.org/v1.19/client-server-api/#stripped-state */
const strippedTypes = [
  'm.room.create',
  'm.room.name',
  'm.room.avatar',
  'm.room.topic',
  'm.room.join_rules',
  'm.room.canonical_alias',
  'm.room.encryption',
]

/**
 * What an invited or knocking person is told of a room as it was at `position`. When the event there is a member event
 * - the invite or knock itself - it is included, and so is the member event of who sent it, which names the inviter.
 */
export async function strippedState(
  deps: StateDeps,
  roomId: string,
  position: number,
): Promise<JsonObject[]> {
  const cause = await findByPosition(deps.db, roomId, position)
  const isMembership = cause?.type === 'm.room.member' && cause.stateKey !== undefined
  const members = isMembership ? new Set([cause.sender, cause.stateKey ?? '']) : []
  const events = await stateAt(deps, roomId, position, [
    ...strippedTypes.map((type) => ({ type, stateKey: '' })),
    ...[...members].map((stateKey) => ({ type: 'm.room.member', stateKey })),
  ])
  return events.map(stripped)
}

function stripped({ type, stateKey = '', sender, content }: StoredEvent): JsonObject {
  return { type, state_key: stateKey, sender, content }
}
