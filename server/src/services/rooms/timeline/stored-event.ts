import { sql } from '../../../platform/db/sql.ts'
import type { JsonObject } from '../../../platform/json.ts'
import type { TimelineEvent } from '../api.ts'
import type { Pdu } from '../protocol/pdu.ts'

/** A timeline event as this service keeps it in memory. It is never changed once others may hold it. */
export type StoredEvent = TimelineEvent & {
  /** About what it costs to keep. */
  sizeBytes: number
}

export type EventRow = {
  room_id: string
  position: number
  event_id: string
  type: string
  state_key: string | null
  sender: string
  origin_server_ts: number
  replaces_state: string | null
  redacts: string | null
  redacted_by: string | null
  relation_type: string | null
  relation_parent: string | null
  relation_key: string | null
  thread_root: string | null
  session_id: string | null
  txn_id: string | null
  pdu: string
}

/** The columns of an `EventRow`, of a table named or aliased `event`. */
export const eventColumns = sql`event.room_id, event.position, event.event_id, event.type, event.state_key, event.sender,
  event.origin_server_ts, event.replaces_state, event.redacts, event.redacted_by, event.relation_type,
  event.relation_parent, event.relation_key, event.thread_root, event.session_id, event.txn_id, event.pdu`

const bytesBesidesPdu = 600

export function fromRow(row: EventRow): StoredEvent {
  return {
    roomId: row.room_id,
    position: row.position,
    eventId: row.event_id,
    type: row.type,
    stateKey: row.state_key ?? undefined,
    sender: row.sender,
    originServerTs: row.origin_server_ts,
    content: parsePduText(row.pdu).content,
    replacesState: row.replaces_state ?? undefined,
    redacts: row.redacts ?? undefined,
    redactedBy: row.redacted_by ?? undefined,
    transaction:
      row.session_id === null || row.txn_id === null
        ? undefined
        : { sessionId: row.session_id, txnId: row.txn_id },
    relation:
      row.relation_type === null || row.relation_parent === null
        ? undefined
        : { type: row.relation_type, parentId: row.relation_parent, key: row.relation_key ?? undefined },
    threadRoot: row.thread_root ?? undefined,
    sizeBytes: weigh(row.pdu.length),
  }
}

/** What an event costs in memory: its content as text and as objects, and the rest. */
export function weigh(pduLength: number): number {
  return bytesBesidesPdu + 2 * pduLength
}

/** The PDU that was written by `insertEvents` or by a redaction. */
export function parsePduText(text: string): Pdu {
  return JSON.parse(text)
}

/** The event as it is after a redaction: less content, no relation, the same place in its thread. */
export function redacted(event: StoredEvent, content: JsonObject, redactedBy: string): StoredEvent {
  return { ...event, content, redactedBy, relation: undefined }
}
