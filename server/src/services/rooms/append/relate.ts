import type { JsonObject } from '../../../platform/json.ts'
import { refuse } from '../refusals.ts'
import type { StoredEvent } from '../timeline/stored-event.ts'
import {
  annotationKey,
  type Background,
  declaredRelation,
  type Relation,
  referenceKey,
} from './background.ts'
import type { RoomDraft } from './room-draft.ts'

export type Related = { relation: Relation | undefined; threadRoot: string | undefined }

type Child = { type: string; sender: string; stateKey: string | undefined; content: JsonObject }

const unrelated: Related = { relation: undefined, threadRoot: undefined }

/**
 * What an event relates to and which thread it thereby belongs to. A relation that breaks a rule of its type counts
 * as none; two rules are told to the sender: a thread inside a thread, and the same annotation twice.
 *
 * https://spec.matrix.org/v1.19/client-server-api/#forming-relationships-between-events
 */
export function relate(room: RoomDraft, background: Background, child: Child): Related {
  const relation = declaredRelation(child.content)
  if (!relation) return unrelated
  // An event of this very batch cannot be the parent: nobody knows its id yet.
  const parent = background.referred.get(
    referenceKey({ roomId: room.roomId, eventId: relation.parentId }),
  )?.event
  switch (relation.type) {
    case 'm.thread':
      if (parent?.relation) throw refuse('rooms.thread_nested')
      return { relation, threadRoot: relation.parentId }
    case 'm.replace':
      if (!parent || !mayReplace(child, parent))
        return { relation: undefined, threadRoot: parent?.threadRoot }
      break
    case 'm.annotation':
      if (isRepeated(room, background, child, relation)) throw refuse('rooms.annotation_repeated')
      break
  }
  return { relation, threadRoot: parent?.threadRoot }
}

/** https://spec.matrix.org/v1.19/client-server-api/#validity-of-replacement-events */
function mayReplace(child: Child, parent: StoredEvent): boolean {
  return (
    child.sender === parent.sender &&
    child.type === parent.type &&
    child.stateKey === undefined &&
    parent.stateKey === undefined &&
    parent.relation?.type !== 'm.replace' &&
    (child.type === 'm.room.encrypted' || child.content['m.new_content'] !== undefined)
  )
}

/** https://spec.matrix.org/v1.19/client-server-api/#avoiding-duplicate-annotations */
function isRepeated(room: RoomDraft, background: Background, child: Child, relation: Relation): boolean {
  const { parentId, key } = relation
  if (key === undefined) return false
  const { sender, type } = child
  return (
    background.annotations.has(annotationKey({ roomId: room.roomId, parentId, sender, type, key })) ||
    room.events.some(
      (event) =>
        event.relation?.type === 'm.annotation' &&
        event.relation.parentId === parentId &&
        event.relation.key === key &&
        event.sender === sender &&
        event.type === type,
    )
  )
}
