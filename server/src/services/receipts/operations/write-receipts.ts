import type { Outcome } from '../../../platform/batch.ts'
import type { Database, Tx } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { Position, Stream } from '../../../platform/stream/stream.ts'
import type { Receipt } from '../api.ts'
import { keyOf } from './receipt-rows.ts'

export type NewReceipt = Omit<Receipt, 'position'>

/**
 * Moves receipts forward, many at once. One that would move backward, or stay, changes nothing and wakes nobody, so a
 * repeated request is harmless and a device that lags behind cannot undo what another one has read.
 */
export async function writeReceipts(
  deps: { db: Database; stream: Stream },
  receipts: readonly NewReceipt[],
): Promise<Outcome<undefined>[]> {
  const furthest = new Map<string, NewReceipt>()
  for (const receipt of receipts) {
    const key = keyOf(receipt)
    if ((furthest.get(key)?.eventPosition ?? -1) < receipt.eventPosition) furthest.set(key, receipt)
  }
  const last = await deps.db.repeatable(() =>
    deps.db.transaction(async (tx) => {
      const moving = await onlyForward(tx, furthest)
      return moving.length === 0 ? undefined : store(deps.stream, tx, moving)
    }),
  )
  if (last !== undefined) deps.stream.committed(last)
  return receipts.map(() => ({ value: undefined }))
}

/** Looking without a lock spares the stream's lock for what does not move; `store` decides. */
async function onlyForward(tx: Tx, receipts: ReadonlyMap<string, NewReceipt>): Promise<NewReceipt[]> {
  const { roomIds, userIds, types, threadIds } = columns([...receipts.values()])
  const known = await tx.rows<NewReceipt>(sql`
    select room_id as "roomId", user_id as "userId", type, thread_id as "threadId", event_position as "eventPosition"
    from unnest(${roomIds}::text[], ${userIds}::text[], ${types}::text[], ${threadIds}::text[])
      as asked (room_id, user_id, type, thread_id)
    join receipts.receipt using (room_id, user_id, type, thread_id)`)
  const reached = new Map(known.map((row) => [keyOf(row), row.eventPosition]))
  return [...receipts]
    .filter(([key, receipt]) => receipt.eventPosition > (reached.get(key) ?? -1))
    .map(([, r]) => r)
}

async function store(stream: Stream, tx: Tx, receipts: readonly NewReceipt[]): Promise<Position> {
  const { roomIds, userIds, types, threadIds } = columns(receipts)
  const first = await stream.allocate(tx, 'receipts', receipts.length)
  // The stream's lock is held from here on, so writers of other nodes stand in line and cannot lock each other out.
  await tx.run(sql`
    insert into receipts.receipt as receipt (room_id, user_id, type, thread_id, event_id, event_position, at_ms, position)
    select room_id, user_id, type, thread_id, event_id, event_position, at_ms, ${first}::bigint + number - 1
    from unnest(${roomIds}::text[], ${userIds}::text[], ${types}::text[], ${threadIds}::text[],
      ${receipts.map(({ eventId }) => eventId)}::text[], ${receipts.map(({ eventPosition }) => eventPosition)}::bigint[],
      ${receipts.map(({ atMs }) => atMs)}::bigint[]) with ordinality
      as moved (room_id, user_id, type, thread_id, event_id, event_position, at_ms, number)
    on conflict (room_id, user_id, type, thread_id) do update set event_id = excluded.event_id,
      event_position = excluded.event_position, at_ms = excluded.at_ms, position = excluded.position
    where excluded.event_position > receipt.event_position`)
  return first + receipts.length - 1
}

function columns(receipts: readonly NewReceipt[]) {
  return {
    roomIds: receipts.map(({ roomId }) => roomId),
    userIds: receipts.map(({ userId }) => userId),
    types: receipts.map(({ type }) => type),
    threadIds: receipts.map(({ threadId }) => threadId ?? ''),
  }
}
