import { isDeepStrictEqual } from 'node:util'
import type { JsonObject } from '../../../platform/json.ts'
import { CanonicalJsonError } from '../../../platform/signed-json/canonical-json.ts'
import { signTextAside } from '../../../platform/signed-json/signing.ts'
import type { EventDraft } from '../api.ts'
import { selectAuthEvents } from '../protocol/auth-events.ts'
import { authoriseEvent } from '../protocol/authorise-event.ts'
import { type EventSigner, hashEvent, placeEvent, sealedText } from '../protocol/build-event.ts'
import { EventFormatError } from '../protocol/event-format.ts'
import type { UnsignedPdu } from '../protocol/pdu.ts'
import { refuse } from '../refusals.ts'
import { type StoredEvent, weigh } from '../timeline/stored-event.ts'
import { type Background, redactionOf } from './background.ts'
import { applyRedaction, requireRedactable } from './redact.ts'
import { relate } from './relate.ts'
import { type NewEvent, type RoomDraft, stateIn, withEvent, withRedaction } from './room-draft.ts'

export type DraftContext = { signer: EventSigner; nowMs: number; background: Background }

/** Who sends a draft, and with which transaction id. */
export type Sending = { sender: string; transaction: { sessionId: string; txnId: string } | undefined }

/**
 * The room after one more event, and that event - or, for a state event that would change nothing, the one that
 * already stands there. Refuses what the room's rules do not allow.
 */
export function addDraft(
  context: DraftContext,
  room: RoomDraft,
  sending: Sending,
  draft: EventDraft,
): { room: RoomDraft; event: StoredEvent } {
  const { sender } = sending
  const { redacts, content } = normalised(draft)
  const pdu = place(context, room, sender, { ...draft, content, ...(redacts !== undefined && { redacts }) })

  if (draft.stateKey !== undefined) {
    const standing = stateIn(room, draft.type, draft.stateKey)
    if (standing?.sender === sender && isDeepStrictEqual(standing.content, content))
      return { room, event: standing }
  }
  const isRedaction = draft.type === 'm.room.redaction' && draft.stateKey === undefined
  if (isRedaction) requireRedactable(room, context.background, { sender, targetId: redacts })

  const event = seal(context, room, sending, pdu, isRedaction ? redacts : undefined)
  const placed = withEvent(room.roomId === '' ? { ...room, roomId: event.roomId } : room, event)
  const redaction = isRedaction ? applyRedaction(placed, context.background, event) : undefined
  return { room: redaction ? withRedaction(placed, redaction) : placed, event }
}

/** `redacts` may stand in the content or beside it; the room version decides where it is written. */
function normalised(draft: EventDraft): { redacts: string | undefined; content: JsonObject } {
  const redacts = redactionOf(draft)
  if (redacts === undefined) return { redacts, content: draft.content }
  const { redacts: _, ...content } = draft.content
  return { redacts, content }
}

/** Gives the event its place, as the rules of the room allow it there. */
function place(context: DraftContext, room: RoomDraft, sender: string, draft: EventDraft): UnsignedPdu {
  const { type, content, stateKey, redacts } = draft
  if (type === 'm.room.create' && room.extremities.length > 0)
    throw refuse('rooms.forbidden', 'A room has one create event, its first.')
  const citing = { type, sender, content, ...(stateKey !== undefined && { state_key: stateKey }) }
  const cited = selectAuthEvents(room.version, citing, (keyType, key) => stateIn(room, keyType, key))
  const named = room.roomId !== '' && { roomId: room.roomId }
  const pdu = withFormatRefused(() =>
    placeEvent(
      room.version,
      {
        type,
        sender,
        content,
        ...named,
        ...(stateKey !== undefined && { stateKey }),
        ...(redacts !== undefined && { redacts }),
      },
      {
        prevEvents: room.extremities,
        authEvents: cited.map(({ eventId }) => eventId),
        depth: room.depth + 1,
        originServerTs: draft.originServerTs ?? context.nowMs,
      },
    ),
  )
  const verdict = authoriseEvent(room.version, pdu, {
    authEvents: cited.map((event) => citation(event)),
    state: (keyType, key) => stateIn(room, keyType, key),
    createEventId: stateIn(room, 'm.room.create', '')?.eventId,
    isSignedBy: (serverName) => serverName === context.signer.serverName,
  })
  if (!verdict.allowed) throw refuse('rooms.forbidden', verdict.reason)
  return pdu
}

function citation({ eventId, type, stateKey = '', roomId }: StoredEvent) {
  return { eventId, rejected: false, pdu: { type, state_key: stateKey, room_id: roomId } }
}

/** Hashes the event, and has it signed while others are built. */
function seal(
  context: DraftContext,
  room: RoomDraft,
  { sender, transaction }: Sending,
  unsigned: UnsignedPdu,
  redacts: string | undefined,
): NewEvent {
  const { signer, background } = context
  const { type, content, state_key: stateKey, origin_server_ts: originServerTs } = unsigned
  const related = relate(room, background, { type, sender, stateKey, content })
  const hashed = withFormatRefused(() => hashEvent(room.version, unsigned, signer))
  const pdu = signTextAside(hashed.signedText, signer.key).then((signature) =>
    sealedText(hashed, signature, signer),
  )
  // Whoever writes the event hears of a failure; nobody need hear of it when the event is not written after all.
  pdu.catch(() => undefined)
  return {
    roomId: hashed.roomId,
    position: 0,
    eventId: hashed.eventId,
    type,
    stateKey,
    sender,
    originServerTs,
    content,
    replacesState: stateKey === undefined ? undefined : stateIn(room, type, stateKey)?.eventId,
    redacts,
    redactedBy: undefined,
    transaction,
    ...related,
    sizeBytes: weigh(hashed.sizeBytes),
    pdu,
  }
}

/** Tells the sender what is wrong with the form of the event. */
function withFormatRefused<T>(build: () => T): T {
  try {
    return build()
  } catch (error) {
    if (error instanceof CanonicalJsonError) throw refuse('rooms.event_malformed', error.message)
    if (error instanceof EventFormatError)
      throw refuse(
        error.fault === 'too_large' ? 'rooms.event_too_large' : 'rooms.event_malformed',
        error.message,
      )
    throw error
  }
}
