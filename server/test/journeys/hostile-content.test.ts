import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { JsonValue } from '../../src/platform/json.ts'
import { testApp } from '../../src/platform/testing/app.ts'
import { atEnd } from '../../src/platform/testing/cleanup.ts'
import { createHttpClient, type HttpClient } from '../support/http-client.ts'
import { ok, type Person, register, roomOf } from '../support/person.ts'
import { inBatches, variantsOf } from './hostile-requests.ts'

const client = '/_matrix/client/v3'

test('whatever state the owner of a room writes, nobody who reads the room meets a defect', async (t) => {
  const { http, owner, reader } = await neighbours(t)
  for (const [type, sample] of Object.entries(states(owner, reader))) {
    const key = type === 'm.room.member' ? `/${encodeURIComponent(owner.userId)}` : ''
    let path = await freshRoom()
    for (const content of [sample, ...variantsOf(sample)]) {
      const status = await unharmed(http, owner, 'PUT', `${path}/state/${type}${key}`, content)
      if (status !== 200 || type !== 'm.room.power_levels') continue
      // The owner may have lost the power to go on here.
      await readEverything(http, reader, path)
      path = await freshRoom()
    }
    await readEverything(http, owner, path)
    await readEverything(http, reader, path)
  }

  async function freshRoom(): Promise<string> {
    const roomId = await roomOf(http, [owner, reader], { name: 'Somewhere', topic: 'anything' })
    return `${client}/rooms/${encodeURIComponent(roomId)}`
  }
})

test('whatever a message holds, nobody who reads it meets a defect', async (t) => {
  const { http, owner, reader } = await neighbours(t)
  const roomId = await roomOf(http, [owner, reader])
  const path = `${client}/rooms/${encodeURIComponent(roomId)}`
  const send = `${path}/send/m.room.message`
  const { event_id: eventId } = ok(
    await http.send('PUT', `${send}/root`, { token: owner.token, body: { msgtype: 'm.text', body: 'root' } }),
  ).json<{ event_id: string }>()
  const contents = messages(eventId, reader).flatMap((sample) => [sample, ...variantsOf(sample)])
  await inBatches([...contents.entries()], async ([n, content]) => {
    await unharmed(http, owner, 'PUT', `${send}/t${n}`, content)
    await unharmed(http, owner, 'PUT', `${path}/send/m.reaction/r${n}`, content)
  })
  for (const person of [owner, reader]) {
    await readEverything(http, person, path)
    await unharmed(http, person, 'GET', `${path}/event/${encodeURIComponent(eventId)}`)
    const relations = `${path.replace('/v3/', '/v1/')}/relations/${encodeURIComponent(eventId)}?limit=500`
    await unharmed(http, person, 'GET', relations)
  }
})

test('whatever account data a person keeps, syncing and writing go on', async (t) => {
  const { http, owner, reader } = await neighbours(t)
  const roomId = await roomOf(http, [owner, reader])
  const path = `${client}/rooms/${encodeURIComponent(roomId)}`
  const user = `${client}/user/${encodeURIComponent(owner.userId)}`
  for (const [type, sample] of Object.entries(accountData(reader, roomId))) {
    for (const content of [sample, ...variantsOf(sample)]) {
      await unharmed(http, owner, 'PUT', `${user}/account_data/${type}`, content)
      await unharmed(
        http,
        owner,
        'PUT',
        `${user}/rooms/${encodeURIComponent(roomId)}/account_data/${type}`,
        content,
      )
    }
    await unharmed(http, reader, 'PUT', `${path}/send/m.room.message/${type}`, {
      msgtype: 'm.text',
      body: type,
    })
    await readEverything(http, owner, path)
  }
})

async function neighbours(t: TestContext) {
  const { listen } = await testApp(t)
  const http = createHttpClient(await listen())
  atEnd(t, () => http.close())
  return { http, owner: await register(http, 'owner'), reader: await register(http, 'reader') }
}

/** Everything that shows the room. A reader who was shut out is told so. */
async function readEverything(http: HttpClient, person: Person, room: string): Promise<void> {
  const paths = [
    `${client}/sync?timeout=0`,
    `${client}/sync?timeout=0&filter=${encodeURIComponent('{"room":{"state":{"lazy_load_members":true}}}')}`,
    `${client}/publicRooms`,
    `${client}/joined_rooms`,
    `${room}/state`,
    `${room}/members`,
    `${room}/joined_members`,
    `${room}/aliases`,
    `${room}/messages?dir=b&limit=500`,
    `${room}/initialSync`,
    `${room.replace('/v3/rooms/', '/v1/rooms/')}/hierarchy`,
    `${room.replace('/v3/rooms/', '/v1/room_summary/')}`,
  ]
  for (const path of paths) await unharmed(http, person, 'GET', path)
}

async function unharmed(
  http: HttpClient,
  { token }: Person,
  method: string,
  path: string,
  body?: JsonValue,
): Promise<number> {
  const { status, text } = await http.send(method, path, { token, ...(body !== undefined && { body }) })
  const asked = `${method} ${path.slice(0, 300)} ${JSON.stringify(body ?? null).slice(0, 300)}`
  assert(status < 500, `${asked}: ${status} ${text.slice(0, 300)}`)
  if (status >= 400) assert.match(text, /"errcode":"/, asked)
  return status
}

function states(owner: Person, reader: Person): Record<string, JsonValue> {
  return {
    'm.room.name': { name: 'x' },
    'm.room.topic': { topic: 'x', 'm.topic': { 'm.text': [{ body: 'x', mimetype: 'text/plain' }] } },
    'm.room.avatar': { url: 'mxc://dure.test/x', info: { w: 1 } },
    'm.room.canonical_alias': { alias: '#x:dure.test', alt_aliases: ['#y:dure.test'] },
    'm.room.encryption': { algorithm: 'm.megolm.v1.aes-sha2', rotation_period_ms: 1 },
    'm.room.history_visibility': { history_visibility: 'world_readable' },
    'm.room.guest_access': { guest_access: 'can_join' },
    'm.room.join_rules': {
      join_rule: 'restricted',
      allow: [{ type: 'm.room_membership', room_id: '!x:dure.test' }],
    },
    'm.room.pinned_events': { pinned: ['$x'] },
    'm.room.server_acl': { allow: ['*'], deny: ['x'], allow_ip_literals: false },
    'm.room.tombstone': { body: 'x', replacement_room: '!x:dure.test' },
    'm.room.third_party_invite': {
      display_name: 'x',
      key_validity_url: 'https://x.test',
      public_key: 'x',
      public_keys: [{ public_key: 'x' }],
    },
    'm.space.child': { via: ['dure.test'], order: 'a', suggested: true },
    'm.room.create': { type: 'm.space' },
    'm.room.member': { membership: 'join', displayname: 'x', avatar_url: 'mxc://dure.test/x' },
    'm.room.power_levels': {
      ban: 50,
      events: { 'm.room.name': 50 },
      events_default: 0,
      notifications: { room: 50 },
      users: { [owner.userId]: 100, [reader.userId]: 0 },
      users_default: 0,
    },
  }
}

function messages(eventId: string, reader: Person): JsonValue[] {
  const text = { msgtype: 'm.text', body: 'x', formatted_body: '<b>x</b>', format: 'org.matrix.custom.html' }
  const mentions = { user_ids: [reader.userId], room: true }
  const related = (relation: JsonValue) => ({ ...text, 'm.relates_to': relation })
  return [
    { ...text, 'm.mentions': mentions },
    related({ rel_type: 'm.thread', event_id: eventId, is_falling_back: true }),
    related({ 'm.in_reply_to': { event_id: eventId } }),
    related({ rel_type: 'm.annotation', event_id: eventId, key: '👍' }),
    {
      ...related({ rel_type: 'm.replace', event_id: eventId }),
      'm.new_content': { ...text, 'm.mentions': mentions },
    },
    related({ rel_type: 'm.reference', event_id: eventId }),
  ]
}

function accountData(reader: Person, roomId: string): Record<string, JsonValue> {
  return {
    'm.ignored_user_list': { ignored_users: { [reader.userId]: {} } },
    'm.direct': { [reader.userId]: [roomId] },
    'm.fully_read': { event_id: '$x' },
    'm.marked_unread': { unread: true },
    'm.tag': { tags: { 'u.x': { order: 0.5 } } },
    'm.push_rules': { global: { override: [] } },
    'm.invite_permission_config': { default_action: 'block' },
  }
}
