import type { Tx } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import { membershipIn } from '../state/room-state.ts'
import type { StoredEvent } from '../timeline/stored-event.ts'
import type { NewEvent, RedactedEvent, RoomDraft } from './room-draft.ts'

export type TransactionRow = { sessionId: string; scope: string; txnId: string; event: StoredEvent }

type StateChange = { roomId: string; type: string; stateKey: string; position: number; eventPosition: number }

/**
 * Writes what a batch has added, in a number of statements that does not depend on how much it is. The rooms are
 * locked and the events have their positions.
 */
export async function writeBatch(
  tx: Tx,
  batch: { rooms: readonly RoomDraft[]; pdus: readonly string[]; transactions: readonly TransactionRow[] },
  times: { nowMs: number; transactionsExpireAtMs: number },
): Promise<void> {
  const events = eventsOf(batch.rooms)
  const redactions = batch.rooms.flatMap((room) => room.redactions)
  const changes = [...events.flatMap(stateChangeOf), ...redactions.flatMap(redactedStateOf)]
  await foundRooms(tx, batch.rooms, times.nowMs)
  await writeEvents(tx, { ...batch, events }, times.transactionsExpireAtMs)
  if (changes.length > 0) await writeStateChanges(tx, changes)
  const members = events.filter(({ type, stateKey }) => type === 'm.room.member' && stateKey !== undefined)
  if (members.length > 0) await writeMemberships(tx, members)
  if (redactions.length > 0) await redactEvents(tx, redactions)
}

/** The events of a batch in the order in which `pdus` lists their text. */
export function eventsOf(rooms: readonly RoomDraft[]): NewEvent[] {
  return rooms.flatMap((room) => room.events)
}

function stateChangeOf({ roomId, type, stateKey, position }: NewEvent): StateChange[] {
  return stateKey === undefined ? [] : [{ roomId, type, stateKey, position, eventPosition: position }]
}

function redactedStateOf({ target, isCurrentState, by }: RedactedEvent): StateChange[] {
  if (!isCurrentState || target.stateKey === undefined) return []
  const { roomId, type, stateKey, position: eventPosition } = target
  return [{ roomId, type, stateKey, position: by.position, eventPosition }]
}

/** The position of a room's newest state change; undefined when the batch changes no state of it. */
export function statePositionOf(room: RoomDraft): number | undefined {
  const positions = [
    ...room.events.filter(({ stateKey }) => stateKey !== undefined).map(({ position }) => position),
    ...room.redactions.filter(({ isCurrentState }) => isCurrentState).map(({ by }) => by.position),
  ]
  return positions.length === 0 ? undefined : Math.max(...positions)
}

/** Events, their rooms' heads and their transaction ids: all that a batch of messages needs. */
async function writeEvents(
  tx: Tx,
  batch: {
    rooms: readonly RoomDraft[]
    events: readonly NewEvent[]
    pdus: readonly string[]
    transactions: readonly TransactionRow[]
  },
  expireAtMs: number,
): Promise<void> {
  const { rooms, events, pdus, transactions } = batch
  await tx.run(sql`
    with head as (
      update rooms.room set position = head.position, depth = head.depth, extremities = array[head.event_id],
        state_position = coalesce(head.state_position, room.state_position)
      from unnest(
        ${rooms.map(({ roomId }) => roomId)}::text[], ${rooms.map(({ events: own }) => own.at(-1)?.position)}::bigint[],
        ${rooms.map(({ depth }) => depth)}::bigint[], ${rooms.map(({ extremities }) => extremities[0])}::text[],
        ${rooms.map((room) => statePositionOf(room) ?? null)}::bigint[]
      ) as head (room_id, position, depth, event_id, state_position)
      where room.room_id = head.room_id
    ), answers as (
      insert into rooms.transaction_id (room_id, session_id, scope, txn_id, event_id, position, expires_at_ms)
      select room_id, session_id, scope, txn_id, event_id, position, ${expireAtMs}::bigint
      from unnest(
        ${transactions.map(({ event }) => event.roomId)}::text[], ${transactions.map(({ sessionId }) => sessionId)}::text[],
        ${transactions.map(({ scope }) => scope)}::text[], ${transactions.map(({ txnId }) => txnId)}::text[],
        ${transactions.map(({ event }) => event.eventId)}::text[], ${transactions.map(({ event }) => event.position)}::bigint[]
      ) as answer (room_id, session_id, scope, txn_id, event_id, position)
    )
    insert into rooms.event (room_id, position, event_id, type, state_key, sender, origin_server_ts, replaces_state, redacts,
      relation_type, relation_parent, relation_key, thread_root, session_id, txn_id, pdu)
    select * from unnest(
      ${events.map(({ roomId }) => roomId)}::text[], ${events.map(({ position }) => position)}::bigint[],
      ${events.map(({ eventId }) => eventId)}::text[], ${events.map(({ type }) => type)}::text[],
      ${events.map(({ stateKey }) => stateKey ?? null)}::text[], ${events.map(({ sender }) => sender)}::text[],
      ${events.map(({ originServerTs }) => originServerTs)}::bigint[],
      ${events.map(({ replacesState }) => replacesState ?? null)}::text[], ${events.map(({ redacts }) => redacts ?? null)}::text[],
      ${events.map(({ relation }) => relation?.type ?? null)}::text[],
      ${events.map(({ relation }) => relation?.parentId ?? null)}::text[],
      ${events.map(({ relation }) => relation?.key ?? null)}::text[], ${events.map(({ threadRoot }) => threadRoot ?? null)}::text[],
      ${events.map(({ transaction }) => transaction?.sessionId ?? null)}::text[],
      ${events.map(({ transaction }) => transaction?.txnId ?? null)}::text[], ${pdus}::text[]
    )`)
}

/** A room that exists already breaks the primary key: its id came from a create event equal to another in every byte. */
async function foundRooms(tx: Tx, rooms: readonly RoomDraft[], nowMs: number): Promise<void> {
  const founded = rooms.filter(({ founder }) => founder !== undefined)
  if (founded.length === 0) return
  await tx.run(sql`
    insert into rooms.room (room_id, version, creator, created_at_ms, position, state_position, extremities, depth)
    select room_id, version, creator, ${nowMs}::bigint, 0, 0, array[event_id], 0
    from unnest(${founded.map(({ roomId }) => roomId)}::text[], ${founded.map(({ version }) => version.id)}::text[],
      ${founded.map(({ founder }) => founder)}::text[], ${founded.map(({ extremities }) => extremities[0])}::text[])
      as founded (room_id, version, creator, event_id)`)
}

async function writeStateChanges(tx: Tx, changes: readonly StateChange[]): Promise<void> {
  await tx.run(sql`
    insert into rooms.state_change (room_id, type, state_key, position, event_position)
    select * from unnest(
      ${changes.map(({ roomId }) => roomId)}::text[], ${changes.map(({ type }) => type)}::text[],
      ${changes.map(({ stateKey }) => stateKey)}::text[], ${changes.map(({ position }) => position)}::bigint[],
      ${changes.map(({ eventPosition }) => eventPosition)}::bigint[]
    )`)
}

/** A forgotten room comes back with an invite, a knock or a join, not when somebody bans who has left. */
async function writeMemberships(tx: Tx, members: readonly NewEvent[]): Promise<void> {
  const newest = [...new Map(members.map((event) => [`${event.stateKey} ${event.roomId}`, event])).values()]
  await tx.run(sql`
    with change as (
      insert into rooms.membership_change (user_id, position, room_id)
      select * from unnest(${members.map(({ stateKey }) => stateKey)}::text[],
        ${members.map(({ position }) => position)}::bigint[], ${members.map(({ roomId }) => roomId)}::text[])
    )
    insert into rooms.membership (user_id, room_id, membership, event_id, position, sender)
    select * from unnest(
      ${newest.map(({ stateKey }) => stateKey)}::text[], ${newest.map(({ roomId }) => roomId)}::text[],
      ${newest.map((event) => membershipIn(event))}::text[], ${newest.map(({ eventId }) => eventId)}::text[],
      ${newest.map(({ position }) => position)}::bigint[], ${newest.map(({ sender }) => sender)}::text[]
    )
    on conflict (user_id, room_id) do update set membership = excluded.membership, event_id = excluded.event_id,
      position = excluded.position, sender = excluded.sender,
      forgotten_position = case when excluded.membership in ('leave', 'ban') then membership.forgotten_position end`)
}

async function redactEvents(tx: Tx, redactions: readonly RedactedEvent[]): Promise<void> {
  await tx.run(sql`
    update rooms.event set pdu = redaction.pdu, redacted_by = redaction.event_id, relation_type = null,
      relation_parent = null, relation_key = null
    from unnest(
      ${redactions.map(({ target }) => target.roomId)}::text[], ${redactions.map(({ target }) => target.position)}::bigint[],
      ${redactions.map(({ pdu }) => pdu)}::text[], ${redactions.map(({ by }) => by.eventId)}::text[]
    ) as redaction (room_id, position, pdu, event_id)
    where event.room_id = redaction.room_id and event.position = redaction.position`)
}
