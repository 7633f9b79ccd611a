import type { MatrixClient, MatrixEvent, Room } from 'matrix-js-sdk'
import { outbox } from './device-outbox.ts'

export type Reaction = { key: string; count: number; mine: MatrixEvent | undefined; names: readonly string[] }

/** The reactions to an event, the most frequent ones first. */
export function reactionsTo(room: Room, eventId: string, me: string): Reaction[] {
  const relations = room.relations.getChildEventsForEvent(eventId, 'm.annotation', 'm.reaction')
  return (relations?.getSortedAnnotationsByKey() ?? []).flatMap(([key, events]) => {
    const standing = [...events].filter((event) => !event.isRedacted())
    if (standing.length === 0) return []
    return [
      {
        key,
        count: standing.length,
        mine: standing.find((event) => event.getSender() === me),
        names: standing.map((event) => event.sender?.name ?? event.getSender() ?? ''),
      },
    ]
  })
}

/** Adds a reaction, or takes one's own back. */
export async function toggleReaction(
  client: MatrixClient,
  room: Room,
  eventId: string,
  key: string,
): Promise<void> {
  const mine = reactionsTo(room, eventId, client.getSafeUserId()).find(
    (reaction) => reaction.key === key,
  )?.mine
  const id = mine?.getId()
  if (id?.startsWith('$')) await redact(room.roomId, id)
  else if (!mine)
    await outbox.add({
      roomId: room.roomId,
      type: 'm.reaction',
      content: { 'm.relates_to': { rel_type: 'm.annotation', event_id: eventId, key } },
    })
}

/** Takes an event back for everybody, through the outbox as all that is written. */
export async function redact(roomId: string, eventId: string): Promise<void> {
  await outbox.add({ roomId, type: 'm.room.redaction', content: { redacts: eventId } })
}
