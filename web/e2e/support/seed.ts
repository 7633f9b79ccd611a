import { password } from './person.ts'

/** Somebody who acts over plain HTTP, to fill a server before a person looks at it. */
export type Seeded = { userId: string; token: string }

/** What a small server with a few friends on it needs, in as few lines as possible. */
export function createSeeder(url: string) {
  let transactions = 0

  function call<Answer>(
    method: string,
    path: string,
    as: Seeded | undefined,
    body?: unknown,
  ): Promise<Answer> {
    return request(method, `_matrix/${path}`, as, body)
  }

  async function request<Answer>(
    method: string,
    path: string,
    as: Seeded | undefined,
    body?: unknown,
  ): Promise<Answer> {
    const answer = await fetch(`${url}/${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...(as && { authorization: `Bearer ${as.token}` }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
    return (await answer.json()) as Answer
  }

  async function person(username: string, name: string): Promise<Seeded> {
    const body = { username, password, auth: { type: 'm.login.dummy' } }
    const told = await call<{ user_id: string; access_token: string }>(
      'POST',
      'client/v3/register',
      undefined,
      body,
    )
    const made = { userId: told.user_id, token: told.access_token }
    const where = `client/v3/profile/${encodeURIComponent(made.userId)}/displayname`
    await call('PUT', where, made, { displayname: name })
    return made
  }

  async function room(
    creator: Seeded,
    others: readonly Seeded[],
    settings: Record<string, unknown>,
  ): Promise<string> {
    const body = {
      preset: 'private_chat',
      invite: others.map(({ userId }) => userId),
      ...settings,
    }
    const { room_id: roomId } = await call<{ room_id: string }>('POST', 'client/v3/createRoom', creator, body)
    for (const other of others) await call('POST', `client/v3/join/${encodeURIComponent(roomId)}`, other, {})
    return roomId
  }

  async function send(as: Seeded, roomId: string, type: string, content: unknown): Promise<string> {
    const path = `client/v3/rooms/${encodeURIComponent(roomId)}/send/${type}/seed-${transactions++}`
    return (await call<{ event_id: string }>('PUT', path, as, content)).event_id
  }

  async function upload(as: Seeded, content: Buffer): Promise<string> {
    const answer = await fetch(`${url}/_matrix/media/v3/upload?filename=view.png`, {
      method: 'POST',
      headers: { 'content-type': 'image/png', authorization: `Bearer ${as.token}` },
      body: new Uint8Array(content),
    })
    return ((await answer.json()) as { content_uri: string }).content_uri
  }

  return {
    call,
    request,
    person,
    room,
    send,
    upload,
    say: (as: Seeded, roomId: string, body: string, more: Record<string, unknown> = {}) =>
      send(as, roomId, 'm.room.message', { msgtype: 'm.text', body, ...more }),
    react: (as: Seeded, roomId: string, eventId: string, key: string) =>
      send(as, roomId, 'm.reaction', {
        'm.relates_to': { rel_type: 'm.annotation', event_id: eventId, key },
      }),
    read: (as: Seeded, roomId: string, eventId: string) =>
      call('POST', `client/v3/rooms/${encodeURIComponent(roomId)}/receipt/m.read/${eventId}`, as, {}),
  }
}
