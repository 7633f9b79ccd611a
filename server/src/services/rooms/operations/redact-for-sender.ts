import { refuse } from '../refusals.ts'
import type { RoomsService } from '../service.ts'

/**
 * Takes the content of an event away on behalf of the server that vouches for its sender: in the sender's own name, as they
 * may always do, and so by the rules of any room version. Does nothing for an event that has been redacted.
 */
export async function redactForSender(
  { rooms, serverName }: { rooms: Pick<RoomsService, 'event' | 'append'>; serverName: string },
  { roomId, eventId, reason }: { roomId: string; eventId: string; reason: string | undefined },
): Promise<void> {
  const event = await rooms.event(roomId, eventId)
  if (!event) throw refuse('rooms.event_unknown')
  if (event.redactedBy !== undefined) return
  if (!event.sender.endsWith(`:${serverName}`)) throw refuse('rooms.event_elsewhere')
  const content = reason === undefined ? {} : { reason }
  const draft = { type: 'm.room.redaction', content, redacts: eventId }
  await rooms.append({ roomId, sender: event.sender, drafts: [draft] })
}
