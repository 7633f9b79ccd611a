import assert from 'node:assert/strict'
import type { Answer, HttpClient } from './http-client.ts'

/** One signed-in session, speaking plain Matrix over HTTP. */
export type Person = { userId: string; deviceId: string; token: string }

export type SyncEvent = {
  event_id: string
  type: string
  sender: string
  content: Record<string, unknown>
  unsigned?: Record<string, unknown>
}
export type SyncAnswer = {
  next_batch: string
  rooms?: {
    join?: Record<string, { timeline?: { events: SyncEvent[]; limited?: boolean; prev_batch?: string } }>
  }
}

const client = '/_matrix/client/v3'

export async function register(
  http: HttpClient,
  name: string,
  password = 'correct horse battery',
): Promise<Person> {
  const body = { username: name, password, auth: { type: 'm.login.dummy' } }
  return session(await http.send('POST', `${client}/register`, { body }))
}

export async function login(
  http: HttpClient,
  name: string,
  password = 'correct horse battery',
): Promise<Person> {
  const body = { type: 'm.login.password', identifier: { type: 'm.id.user', user: name }, password }
  return session(await http.send('POST', `${client}/login`, { body }))
}

function session(answer: Answer): Person {
  const { user_id, device_id, access_token } = ok(answer).json<{
    user_id: string
    device_id: string
    access_token: string
  }>()
  return { userId: user_id, deviceId: device_id, token: access_token }
}

/** A room that everybody named has joined. */
export async function roomOf(
  http: HttpClient,
  people: readonly Person[],
  settings: Record<string, unknown> = {},
): Promise<string> {
  const [creator, ...others] = people
  assert(creator, 'a room needs somebody')
  const body = { preset: 'public_chat', ...settings }
  const { room_id: roomId } = ok(
    await http.send('POST', `${client}/createRoom`, { token: creator.token, body }),
  ).json<{ room_id: string }>()
  await Promise.all(
    others.map(async ({ token }) =>
      ok(await http.send('POST', `${client}/join/${encodeURIComponent(roomId)}`, { token, body: {} })),
    ),
  )
  return roomId
}

export async function sendText(
  http: HttpClient,
  person: Person,
  roomId: string,
  txnId: string,
  content: Record<string, unknown>,
): Promise<string> {
  const path = `${client}/rooms/${encodeURIComponent(roomId)}/send/m.room.message/${txnId}`
  return ok(
    await http.send('PUT', path, {
      token: person.token,
      body: { msgtype: 'm.text', body: 'hello', ...content },
    }),
  ).json<{ event_id: string }>().event_id
}

export async function sync(
  http: HttpClient,
  person: Person,
  options: { since?: string | undefined; timeoutMs?: number; filter?: object; signal?: AbortSignal } = {},
): Promise<SyncAnswer> {
  const query = new URLSearchParams({ timeout: String(options.timeoutMs ?? 0) })
  if (options.since !== undefined) query.set('since', options.since)
  if (options.filter) query.set('filter', JSON.stringify(options.filter))
  return ok(
    await http.send('GET', `${client}/sync?${query}`, {
      token: person.token,
      ...(options.signal ? { signal: options.signal } : {}),
    }),
  ).json<SyncAnswer>()
}

export function ok(answer: Answer): Answer {
  assert(answer.status >= 200 && answer.status < 300, `${answer.status} ${answer.text}`)
  return answer
}
