import assert from 'node:assert/strict'
import { actionLevel, powerLevelsOf, userLevel } from '../protocol/power-levels.ts'
import { redactEvent } from '../protocol/redact-event.ts'
import { refuse } from '../refusals.ts'
import { parsePduText, redacted } from '../timeline/stored-event.ts'
import { type Background, type Referred, referenceKey } from './background.ts'
import { type NewEvent, type RedactedEvent, type RoomDraft, stateIn } from './room-draft.ts'

/**
 * Refuses a redaction that may not take effect. People redact their own events; those of others need the room's
 * `redact` level. That is narrower than what servers accept from each other, where one server's users may redact
 * each other's events.
 *
 * https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3roomsroomidredacteventidtxnid
 */
export function requireRedactable(
  room: RoomDraft,
  background: Background,
  request: { sender: string; targetId: string | undefined },
): void {
  const { sender, targetId } = request
  if (targetId === undefined) throw refuse('rooms.event_malformed', 'The redaction names no event.')
  const target = findTarget(room, background, targetId)
  if (!target) throw refuse('rooms.event_unknown', 'The event to redact is not in this room.')
  if (target.event.sender === sender) return
  const levels = powerLevelsOf(room.version, (type, stateKey) => stateIn(room, type, stateKey))
  if (userLevel(levels, sender) < actionLevel(levels, 'redact'))
    throw refuse('rooms.forbidden', "You do not have the power to redact other people's events in this room.")
}

/** What a redaction changes in its target; undefined when an earlier one has already done so. */
export function applyRedaction(
  room: RoomDraft,
  background: Background,
  by: NewEvent,
): RedactedEvent | undefined {
  const found = findTarget(room, background, by.redacts)
  assert(found, 'requireRedactable has found the target')
  const { event, pdu } = found
  if (event.redactedBy !== undefined) return undefined
  const less = redactEvent(room.version, parsePduText(pdu))
  const { stateKey } = event
  const isCurrentState =
    stateKey !== undefined && stateIn(room, event.type, stateKey)?.eventId === event.eventId
  return { target: redacted(event, less.content, by.eventId), pdu: JSON.stringify(less), isCurrentState, by }
}

function findTarget(room: RoomDraft, background: Background, id: string | undefined): Referred | undefined {
  const earlier = room.redactions.find(({ target }) => target.eventId === id)
  if (earlier) return { event: earlier.target, pdu: earlier.pdu }
  return id === undefined
    ? undefined
    : background.referred.get(referenceKey({ roomId: room.roomId, eventId: id }))
}
