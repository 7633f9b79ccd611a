import assert from 'node:assert/strict'
import type { Outcome } from '../../../platform/batch.ts'
import type { Clock } from '../../../platform/clock.ts'
import type { Database, Tx } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { JsonObject } from '../../../platform/json.ts'
import type { Random } from '../../../platform/random.ts'
import type { Stream } from '../../../platform/stream/stream.ts'
import type { Identity } from '../../identity/api.ts'
import type { ToDeviceSettings } from '../config.ts'
import { refuse } from '../refusals.ts'

export type SendRequest = {
  sender: string
  sessionId: string
  type: string
  /** Chosen by the client: the same request sent again is carried out once. */
  txnId: string
  /** Contents by person and device; `*` is every device of the person that is not named. */
  messages: Record<string, Record<string, JsonObject>>
}

/** A request whose contents are JSON text of a bearable size. */
export type PreparedSend = Omit<SendRequest, 'messages'> & { messages: Map<string, Map<string, string>> }

export type SendDeps = {
  db: Database
  stream: Stream
  clock: Clock
  random: Random
  identity: Pick<Identity, 'devices'>
  settings: Pick<ToDeviceSettings, 'inboxMessagesMax'>
}

type Message = { userId: string; deviceId: string; content: string }
type Fresh = { request: PreparedSend; messages: Message[] }

const allDevices = '*'

/** One message in so many pays for cutting its inbox to size: no counter needs to be kept, and none can be wrong. */
export const trimOneIn = 1024

/** Refuses with `to_device.message_too_large`. */
export function prepareSend(request: SendRequest, messageBytesMax: number): PreparedSend {
  const messages = new Map<string, Map<string, string>>()
  for (const [userId, byDevice] of Object.entries(request.messages)) {
    const contents = new Map<string, string>()
    for (const [deviceId, content] of Object.entries(byDevice)) {
      const text = JSON.stringify(content)
      if (Buffer.byteLength(text) > messageBytesMax) throw refuse('to_device.message_too_large')
      contents.set(deviceId, text)
    }
    // No account has such a name, and PostgreSQL could not even look for it.
    if (!userId.includes('\0')) messages.set(userId, contents)
  }
  return { ...request, messages }
}

/**
 * Puts the messages of many requests into the inboxes of those devices that exist, each request once per session,
 * type and transaction id. To people and devices that do not exist nothing is sent, as the specification has no answer for it.
 *
 * https://spec.matrix.org/v1.19/client-server-api/#send-to-device-messaging
 */
export async function sendAll(deps: SendDeps, requests: readonly PreparedSend[]): Promise<Outcome<void>[]> {
  const recipients = new Set(requests.flatMap(({ messages }) => [...messages.keys()]))
  const devices = await deps.identity.devices([...recipients])
  const devicesOf = (userId: string) => (devices.get(userId) ?? []).map(({ deviceId }) => deviceId)

  const last = await deps.db.repeatable(() =>
    deps.db.transaction(async (tx) => {
      const recorded = await recordTransactions(tx, requests, deps.clock.now())
      const fresh = recorded
        .map((request): Fresh => ({ request, messages: [...addressed(request, devicesOf)] }))
        .filter(({ messages }) => messages.length > 0)
      if (fresh.length === 0) return undefined
      await trimSome(tx, deps, fresh)
      // The stream's lock is held from here to the commit, so nothing but the insert follows.
      const first = await deps.stream.allocate(tx, 'to_device', fresh.length)
      await insertMessages(tx, fresh, first)
      return first + fresh.length - 1
    }),
  )
  if (last !== undefined) deps.stream.committed(last)
  return requests.map(() => ({ value: undefined }))
}

/** Gives those requests that had not been carried out; of equal ones in the same batch, the first. */
async function recordTransactions(
  tx: Tx,
  requests: readonly PreparedSend[],
  now: number,
): Promise<PreparedSend[]> {
  const rows = await tx.rows<{ user_id: string; session_id: string; type: string; txn_id: string }>(sql`
    insert into to_device.transaction (user_id, session_id, type, txn_id, sent_at_ms)
    select *, ${now}::bigint from unnest(
      ${requests.map(({ sender }) => sender)}::text[], ${requests.map(({ sessionId }) => sessionId)}::text[],
      ${requests.map(({ type }) => type)}::text[], ${requests.map(({ txnId }) => txnId)}::text[])
    order by 1, 2, 3, 4
    on conflict do nothing
    returning user_id, session_id, type, txn_id`)
  const fresh = new Set(
    rows.map((row) => JSON.stringify([row.user_id, row.session_id, row.type, row.txn_id])),
  )
  return requests.filter(({ sender, sessionId, type, txnId }) =>
    fresh.delete(JSON.stringify([sender, sessionId, type, txnId])),
  )
}

function* addressed(request: PreparedSend, devicesOf: (userId: string) => string[]): Generator<Message> {
  for (const [userId, contents] of request.messages) {
    const forAll = contents.get(allDevices)
    for (const deviceId of devicesOf(userId)) {
      const content = contents.get(deviceId) ?? forAll
      if (content !== undefined) yield { userId, deviceId, content }
    }
  }
}

/**
 * NOTSPEC: the specification sets no end to what waits for a device that never comes back. An inbox that is too long loses
 * its oldest messages: refusing new ones instead would let anybody who fills it shut the device off.
 */
async function trimSome(tx: Tx, { random, settings }: SendDeps, fresh: readonly Fresh[]): Promise<void> {
  const chosen = fresh.flatMap(({ messages }) => messages.filter(() => random.below(trimOneIn) === 0))
  if (chosen.length === 0) return
  // Materialized, because the end of an inbox is to be looked for once per inbox and not once per message.
  await tx.run(sql`
    with inbox as materialized (
      select user_id, device_id, dropped.position from (
        select distinct * from unnest(
          ${chosen.map(({ userId }) => userId)}::text[], ${chosen.map(({ deviceId }) => deviceId)}::text[])
      ) as chosen (user_id, device_id)
      cross join lateral (
        select position from to_device.message
        where user_id = chosen.user_id and device_id = chosen.device_id
        order by position desc offset ${settings.inboxMessagesMax} limit 1
      ) as dropped
    )
    delete from to_device.message message using inbox
    where message.user_id = inbox.user_id and message.device_id = inbox.device_id
      and message.position <= inbox.position`)
}

async function insertMessages(tx: Tx, fresh: readonly Fresh[], first: number): Promise<void> {
  const rows = fresh.flatMap(({ request, messages }, index) =>
    messages.map((message) => ({ ...message, request, position: first + index })),
  )
  const written = await tx.run(sql`
    insert into to_device.message (user_id, device_id, position, sender, type, content)
    select user_id, device_id, position, sender, type, content::json from unnest(
      ${rows.map(({ userId }) => userId)}::text[], ${rows.map(({ deviceId }) => deviceId)}::text[],
      ${rows.map(({ position }) => position)}::bigint[], ${rows.map(({ request }) => request.sender)}::text[],
      ${rows.map(({ request }) => request.type)}::text[], ${rows.map(({ content }) => content)}::text[]
    ) as row (user_id, device_id, position, sender, type, content)`)
  assert(written === rows.length)
}
