import type { Tx } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import { isJsonObject, type JsonObject } from '../../../platform/json.ts'
import type { EventDraft } from '../api.ts'
import { type EventRow, eventColumns, fromRow, type StoredEvent } from '../timeline/stored-event.ts'
import { type Appended, transactionKey, transactionOf, type WriteRequest } from './requests.ts'

/** An event that a draft refers to, as it is stored. */
export type Referred = { event: StoredEvent; pdu: string }

/** What the requests of a batch refer to, read once for all of them after the rooms were locked. */
export type Background = {
  /** Events that drafts relate to or redact, by room id and event id. */
  referred: ReadonlyMap<string, Referred>
  /** Annotations that already exist, by `annotationKey`. */
  annotations: ReadonlySet<string>
}

export type Relation = { type: string; parentId: string; key: string | undefined }
type Reference = { roomId: string; eventId: string }
type Annotation = { roomId: string; parentId: string; sender: string; type: string; key: string }

const relationTextMax = 255

/**
 * The relation that an event's content declares; undefined when it has none that the schema allows.
 * https://spec.matrix.org/v1.19/client-server-api/#forming-relationships-between-events
 */
export function declaredRelation(content: JsonObject): Relation | undefined {
  const relates = content['m.relates_to']
  if (!isJsonObject(relates)) return undefined
  const { rel_type: type, event_id: parentId, key } = relates
  if (!isIdentifier(type) || !isIdentifier(parentId)) return undefined
  const annotates = type === 'm.annotation' && typeof key === 'string' && !key.includes('\0')
  return { type, parentId, key: annotates ? key : undefined }
}

/** The event that a draft wants redacted, at either place where clients may write it. */
export function redactionOf(draft: EventDraft): string | undefined {
  if (draft.type !== 'm.room.redaction') return undefined
  const target = draft.redacts ?? draft.content['redacts']
  return typeof target === 'string' ? target : undefined
}

export function referenceKey({ roomId, eventId }: Reference): string {
  return `${roomId} ${eventId}`
}

export function annotationKey({ roomId, parentId, sender, type, key }: Annotation): string {
  return [roomId, parentId, sender, type, key].join('\0')
}

export async function loadBackground(tx: Tx, writes: readonly WriteRequest[]): Promise<Background> {
  const references: Reference[] = []
  const annotations: Annotation[] = []
  for (const { kind, request } of writes) {
    if (kind !== 'append') continue
    for (const draft of request.drafts) {
      const { roomId, sender } = request
      const relation = declaredRelation(draft.content)
      const target = redactionOf(draft)
      if (relation) references.push({ roomId, eventId: relation.parentId })
      if (isIdentifier(target)) references.push({ roomId, eventId: target })
      if (relation?.key !== undefined) {
        annotations.push({
          roomId,
          parentId: relation.parentId,
          sender,
          type: draft.type,
          key: relation.key,
        })
      }
    }
  }
  return {
    referred: await loadReferred(tx, references),
    annotations: await loadAnnotations(tx, annotations),
  }
}

async function loadReferred(tx: Tx, references: readonly Reference[]): Promise<Map<string, Referred>> {
  if (references.length === 0) return new Map()
  const rows = await tx.rows<EventRow>(sql`
    select ${eventColumns}
    from unnest(${references.map(({ roomId }) => roomId)}::text[], ${references.map(({ eventId }) => eventId)}::text[])
      as asked (room_id, event_id)
    join rooms.event using (room_id, event_id)`)
  return new Map(
    rows.map((row) => {
      const event = fromRow(row)
      return [referenceKey(event), { event, pdu: row.pdu }]
    }),
  )
}

async function loadAnnotations(tx: Tx, asked: readonly Annotation[]): Promise<Set<string>> {
  if (asked.length === 0) return new Set()
  const rows = await tx.rows<Annotation>(sql`
    select asked.room_id as "roomId", asked.parent_id as "parentId", asked.sender, asked.type, asked.key
    from unnest(${asked.map(({ roomId }) => roomId)}::text[], ${asked.map(({ parentId }) => parentId)}::text[],
      ${asked.map(({ sender }) => sender)}::text[], ${asked.map(({ type }) => type)}::text[],
      ${asked.map(({ key }) => key)}::text[]) as asked (room_id, parent_id, sender, type, key)
    where exists (
      select from rooms.event
      where event.room_id = asked.room_id and event.relation_parent = asked.parent_id
        and event.relation_type = 'm.annotation' and event.relation_key = asked.key
        and event.sender = asked.sender and event.type = asked.type
    )`)
  return new Set(rows.map(annotationKey))
}

/** The answers that requests with these transaction ids were given before. */
export async function earlierAnswers(
  tx: Tx,
  writes: readonly WriteRequest[],
): Promise<Map<string, Appended>> {
  const asked = writes.map(transactionOf).filter((transaction) => transaction !== undefined)
  if (asked.length === 0) return new Map()
  const rows = await tx.rows<Answer>(sql`
    select room_id as "roomId", session_id as "sessionId", scope, txn_id as "txnId", event_id as "eventId", position
    from unnest(${asked.map(({ roomId }) => roomId)}::text[], ${asked.map(({ sessionId }) => sessionId)}::text[],
      ${asked.map(({ scope }) => scope)}::text[], ${asked.map(({ txnId }) => txnId)}::text[])
      as asked (room_id, session_id, scope, txn_id)
    join rooms.transaction_id using (room_id, session_id, scope, txn_id)`)
  return new Map(
    rows.map((row) => [
      transactionKey(row),
      { roomId: row.roomId, eventIds: [row.eventId], position: row.position },
    ]),
  )
}

type Answer = {
  roomId: string
  sessionId: string
  scope: string
  txnId: string
  eventId: string
  position: number
}

/** Text that may name an event or a relation type: short enough for an index, and without the zero byte that PostgreSQL refuses. */
function isIdentifier(value: unknown): value is string {
  return typeof value === 'string' && value.length <= relationTextMax && !value.includes('\0')
}
