import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { JsonObject } from '../../../platform/json.ts'
import { codeOf, roomsRoutesFixture, type TestAnswer } from './testing.ts'

type StateEvent = { type: string; state_key: string; sender: string; content: JsonObject }

async function fixture(t: TestContext) {
  const base = await roomsRoutesFixture(t, ['alice', 'bob', 'carol'])
  const [alice, bob, carol] = base.people
  assert(alice && bob && carol)
  const create = (body: object) => base.call(alice, 'POST', '/createRoom', body)
  const roomOf = (answer: TestAnswer) => {
    assert.equal(answer.status, 200, JSON.stringify(answer.body))
    return String(answer.body['room_id'])
  }
  /** The events of the room in their order. */
  async function timeline(roomId: string): Promise<StateEvent[]> {
    const { body } = await base.call(alice, 'GET', `/rooms/${roomId}/messages?dir=f&limit=100`)
    return body['chunk'] as StateEvent[]
  }
  async function content(roomId: string, type: string, stateKey = ''): Promise<JsonObject> {
    const { body } = await base.call(alice, 'GET', `/rooms/${roomId}/state/${type}/${stateKey}`)
    return body as JsonObject
  }
  return { ...base, alice, bob, carol, create, roomOf, timeline, content }
}

for (const version of ['6', '10', '11', '12']) {
  test(`a room of version ${version} begins with the events that were asked for, in the specified order`, async (t) => {
    const { alice, bob, create, roomOf, timeline } = await fixture(t)
    const answer = await create({
      room_version: version,
      preset: 'public_chat',
      room_alias_name: 'tea',
      name: 'Tea',
      topic: 'All about tea',
      invite: [bob.userId],
      initial_state: [
        { type: 'org.example.pot', state_key: 'left', content: { full: true } },
        { type: 'm.room.history_visibility', content: { history_visibility: 'joined' } },
        { type: 'm.room.name', content: { name: 'overwritten' } },
      ],
    })
    const events = await timeline(roomOf(answer))
    assert.deepEqual(
      events.map(({ type, state_key: key }) => (key ? `${type} ${key}` : type)),
      [
        'm.room.create',
        `m.room.member ${alice.userId}`,
        'm.room.power_levels',
        'm.room.canonical_alias',
        'm.room.join_rules',
        'm.room.guest_access',
        'org.example.pot left',
        'm.room.history_visibility',
        'm.room.name',
        'm.room.topic',
        `m.room.member ${bob.userId}`,
      ],
    )
    const of = (type: string) => events.find((event) => event.type === type)?.content
    assert.equal(of('m.room.create')?.['room_version'], version)
    assert.equal(of('m.room.create')?.['creator'], Number(version) < 11 ? alice.userId : undefined)
    assert.deepEqual(of('m.room.canonical_alias'), { alias: '#tea:dure.test' })
    assert.deepEqual(of('m.room.history_visibility'), { history_visibility: 'joined' })
    assert.deepEqual(of('m.room.name'), { name: 'Tea' })
    assert.deepEqual(of('m.room.topic'), {
      topic: 'All about tea',
      'm.topic': { 'm.text': [{ body: 'All about tea', mimetype: 'text/plain' }] },
    })
    assert.deepEqual(of('m.room.power_levels')?.['users'], version === '12' ? {} : { [alice.userId]: 100 })
    assert(events.every(({ sender }) => sender === alice.userId))
  })
}

test('a preset decides how people join, unless visibility does', async (t) => {
  const { create, roomOf, content } = await fixture(t)
  const rules = async (body: object) => {
    const roomId = roomOf(await create(body))
    const [join, history, guests] = await Promise.all([
      content(roomId, 'm.room.join_rules'),
      content(roomId, 'm.room.history_visibility'),
      content(roomId, 'm.room.guest_access'),
    ])
    return [join['join_rule'], history['history_visibility'], guests['guest_access']]
  }
  assert.deepEqual(await rules({}), ['invite', 'shared', 'can_join'])
  assert.deepEqual(await rules({ visibility: 'public' }), ['public', 'shared', 'forbidden'])
  assert.deepEqual(await rules({ visibility: 'public', preset: 'private_chat' }), [
    'invite',
    'shared',
    'can_join',
  ])
  assert.deepEqual(await rules({ preset: 'trusted_private_chat' }), ['invite', 'shared', 'can_join'])
  assert.deepEqual(codeOf(await create({ preset: 'open_house' })), [400, 'M_BAD_JSON'])
})

test('in a trusted private chat everybody invited stands as high as the creator', async (t) => {
  const { alice, bob, carol, create, roomOf, content } = await fixture(t)
  const chat = { preset: 'trusted_private_chat', invite: [bob.userId, bob.userId] }
  const old = roomOf(await create({ ...chat, room_version: '11' }))
  assert.deepEqual((await content(old, 'm.room.power_levels'))['users'], {
    [alice.userId]: 100,
    [bob.userId]: 100,
  })
  assert.equal((await content(old, 'm.room.create'))['additional_creators'], undefined)
  const recent = roomOf(
    await create({
      ...chat,
      room_version: '12',
      creation_content: { additional_creators: [carol.userId, bob.userId] },
    }),
  )
  assert.deepEqual((await content(recent, 'm.room.create'))['additional_creators'], [
    carol.userId,
    bob.userId,
  ])
  assert.deepEqual((await content(recent, 'm.room.power_levels'))['users'], {})
})

test('replacing a room of version 12 takes more than its state_default, unless the client says otherwise', async (t) => {
  const { create, roomOf, content } = await fixture(t)
  const tombstone = async (override: object, version = '12') => {
    const roomId = roomOf(await create({ room_version: version, power_level_content_override: override }))
    const events = (await content(roomId, 'm.room.power_levels'))['events'] as JsonObject
    return events['m.room.tombstone']
  }
  assert.equal(await tombstone({}), 150)
  assert.equal(await tombstone({ state_default: 200 }), 201)
  assert.equal(await tombstone({ events: { 'm.room.name': 10 } }), 150)
  assert.equal(await tombstone({ events: { 'm.room.tombstone': 60 } }), 60)
  assert.equal(await tombstone({}, '11'), 100)
})

test('the creation content is kept, but for what the server decides', async (t) => {
  const { alice, create, roomOf, content } = await fixture(t)
  const given = { type: 'm.space', 'm.federate': false, creator: '@eve:dure.test', room_version: '3' }
  const created = async (version: string) =>
    content(roomOf(await create({ room_version: version, creation_content: given })), 'm.room.create')
  assert.deepEqual(await created('10'), {
    type: 'm.space',
    'm.federate': false,
    creator: alice.userId,
    room_version: '10',
  })
  assert.deepEqual(await created('12'), { type: 'm.space', 'm.federate': false, room_version: '12' })
})

test('a direct chat says so to those invited, and everybody is shown with name and picture', async (t) => {
  const { alice, bob, call, create, roomOf, content } = await fixture(t)
  await call(bob, 'PUT', `/profile/${bob.userId}/displayname`, { displayname: 'Bob' })
  await call(bob, 'PUT', `/profile/${bob.userId}/avatar_url`, { avatar_url: 'mxc://dure.test/bob' })
  const roomId = roomOf(await create({ is_direct: true, invite: [bob.userId] }))
  assert.deepEqual(await content(roomId, 'm.room.member', bob.userId), {
    membership: 'invite',
    is_direct: true,
    displayname: 'Bob',
    avatar_url: 'mxc://dure.test/bob',
  })
  assert.equal((await content(roomId, 'm.room.member', alice.userId))['is_direct'], undefined)
})

test('a room whose first events break its rules is not created at all', async (t) => {
  const { alice, bob, call, create } = await fixture(t)
  const refused = async (body: object) => codeOf(await create({ room_alias_name: 'tea', ...body }))
  const invalid = [400, 'M_INVALID_ROOM_STATE']
  for (const room_version of ['6', '11']) {
    const users = { [alice.userId]: 10 }
    assert.deepEqual(
      await refused({ room_version, name: 'Tea', power_level_content_override: { users } }),
      invalid,
    )
  }
  assert.deepEqual(
    await refused({ power_level_content_override: { users: { [alice.userId]: 100 } } }),
    invalid,
    'creators of version 12 have no level',
  )
  assert.deepEqual(await refused({ creation_content: { additional_creators: ['bob'] } }), invalid)
  assert.deepEqual(await refused({ initial_state: [{ type: 'm.room.create', content: {} }] }), invalid)
  const forced = { type: 'm.room.member', state_key: bob.userId, content: { membership: 'join' } }
  assert.deepEqual(await refused({ initial_state: [forced] }), invalid)
  assert.deepEqual(await refused({ initial_state: [{ type: 'm.room.name' }] }), [400, 'M_MISSING_PARAM'])
  assert.deepEqual(
    await refused({ initial_state: [{ type: 'big', content: { text: 'x'.repeat(70_000) } }] }),
    [413, 'M_TOO_LARGE'],
  )
  assert.deepEqual((await call(alice, 'GET', '/joined_rooms')).body, { joined_rooms: [] })
  assert.equal((await create({ room_alias_name: 'tea' })).status, 200, 'the alias has stayed free')
})

test('versions, aliases, people and identity servers that are not known here are refused', async (t) => {
  const { bob, call, create } = await fixture(t)
  assert.deepEqual(codeOf(await create({ room_version: '1' })), [400, 'M_UNSUPPORTED_ROOM_VERSION'])
  assert.deepEqual(codeOf(await create({ room_version: 'tea' })), [400, 'M_UNSUPPORTED_ROOM_VERSION'])
  assert.deepEqual(codeOf(await create({ room_version: 12 })), [400, 'M_BAD_JSON'])
  assert.equal((await create({ room_alias_name: 'tea' })).status, 200)
  assert.deepEqual(codeOf(await create({ room_alias_name: 'tea' })), [400, 'M_ROOM_IN_USE'])
  for (const name of ['', 'a:b', 'a\0b', 'é'.repeat(125)])
    assert.deepEqual(codeOf(await create({ room_alias_name: name })), [400, 'M_INVALID_PARAM'], name)
  assert.deepEqual(codeOf(await create({ invite: ['bob'] })), [400, 'M_INVALID_PARAM'])
  assert.deepEqual(codeOf(await create({ invite: ['@bob:elsewhere.test'] })), [403, 'M_FORBIDDEN'])
  const thirdParty = { id_server: 'id.test', id_access_token: 't', medium: 'email', address: 'a@b.test' }
  assert.deepEqual(codeOf(await create({ invite_3pid: [thirdParty] })), [403, 'M_SERVER_NOT_TRUSTED'])
  const elsewhere = { type: 'm.room.canonical_alias', content: { alias: '#tea:dure.test' } }
  assert.deepEqual(codeOf(await create({ initial_state: [elsewhere] })), [400, 'M_BAD_ALIAS'])
  await call(bob, 'PUT', `/user/${bob.userId}/account_data/m.invite_permission_config`, {
    default_action: 'block',
  })
  assert.deepEqual(codeOf(await create({ invite: [bob.userId] })), [403, 'M_INVITE_BLOCKED'])
  const sneaked = { type: 'm.room.member', state_key: bob.userId, content: { membership: 'invite' } }
  assert.deepEqual(codeOf(await create({ initial_state: [sneaked] })), [403, 'M_INVITE_BLOCKED'])
  assert.deepEqual(codeOf(await call(undefined, 'POST', '/createRoom', {})), [401, 'M_MISSING_TOKEN'])
})

test('of many rooms that want one alias at the same time, one gets it', async (t) => {
  const { alice, bob, carol, call, roomOf } = await fixture(t)
  const answers = await Promise.all(
    [alice, bob, carol, alice, bob, carol].map((who) =>
      call(who, 'POST', '/createRoom', { room_alias_name: 'tea' }),
    ),
  )
  const made = answers.filter(({ status }) => status === 200)
  assert.equal(made.length, 1)
  for (const answer of answers.filter(({ status }) => status !== 200))
    assert.deepEqual(codeOf(answer), [400, 'M_ROOM_IN_USE'])
  const { body } = await call(undefined, 'GET', `/directory/room/${encodeURIComponent('#tea:dure.test')}`)
  assert.equal(body['room_id'], made[0] && roomOf(made[0]))
})
