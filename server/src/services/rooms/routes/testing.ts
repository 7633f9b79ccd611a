import type { TestContext } from 'node:test'
import { type TestAppOptions, testApp } from '../../../platform/testing/app.ts'
import type { EventDraft } from '../api.ts'
import { defaultRoomVersion } from '../protocol/room-versions.ts'
import { foundingDrafts, member, type RoomOptions } from '../testing.ts'

export type TestPerson = { userId: string; token: string; deviceId: string }
export type TestAnswer = { status: number; headers: Record<string, unknown>; body: Record<string, unknown> }

/** A whole node with registered people, and short ways to make rooms and to call the Matrix client API as one of them. */
export async function roomsRoutesFixture(
  t: TestContext,
  names: readonly string[],
  options: TestAppOptions = {},
) {
  const app = await testApp(t, options)
  const { http, services } = app

  async function request(
    method: 'GET' | 'PUT' | 'POST' | 'DELETE',
    url: string,
    token?: string,
    body?: object,
  ): Promise<TestAnswer> {
    const answer = await http.inject({
      method,
      url,
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
    })
    return { status: answer.statusCode, headers: answer.headers, body: answer.json() }
  }

  async function person(name: string): Promise<TestPerson> {
    const body = { username: name, password: 'correct horse battery', auth: { type: 'm.login.dummy' } }
    const { body: session } = await request('POST', '/_matrix/client/v3/register', undefined, body)
    return {
      userId: String(session['user_id']),
      token: String(session['access_token']),
      deviceId: String(session['device_id']),
    }
  }

  const people = await Promise.all(names.map(person))

  return {
    ...app,
    people,
    person,
    /** Calls `/_matrix/client/v3` plus the path, or a path that names its own version. */
    call: (
      who: { token: string } | undefined,
      method: 'GET' | 'PUT' | 'POST' | 'DELETE',
      path: string,
      body?: object,
    ) =>
      request(method, /^\/(_matrix|api)\//.test(path) ? path : `/_matrix/client/v3${path}`, who?.token, body),
    /** Founds a room with its members, without going through /createRoom. */
    async room(members: readonly TestPerson[], roomOptions: RoomOptions = {}): Promise<string> {
      const [creator, ...others] = members.map(({ userId }) => userId)
      if (creator === undefined) throw new Error('a room needs a creator')
      const { roomId, position } = await services.rooms.found({
        version: roomOptions.version ?? defaultRoomVersion.id,
        sender: creator,
        drafts: foundingDrafts(creator, roomOptions),
      })
      let last = position
      for (const userId of others) {
        last = (await services.rooms.append({ roomId, sender: userId, drafts: [member(userId, 'join')] }))
          .position
      }
      await app.platform.stream.reached(last, t.signal)
      return roomId
    },
    /** Appends directly, as if through another route. */
    async append(roomId: string, sender: TestPerson, draft: EventDraft): Promise<string> {
      const { eventIds, position } = await services.rooms.append({
        roomId,
        sender: sender.userId,
        drafts: [draft],
      })
      await app.platform.stream.reached(position, t.signal)
      return eventIds[0] ?? ''
    },
  }
}

/** Status and error code of an answer. */
export function codeOf({ status, body }: TestAnswer): [number, unknown] {
  return [status, body['errcode']]
}

export function eventIdsOf(events: unknown): string[] {
  return (events as { event_id: string }[]).map((event) => event.event_id)
}
