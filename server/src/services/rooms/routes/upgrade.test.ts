import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { state } from '../testing.ts'
import { codeOf, roomsRoutesFixture, type TestPerson } from './testing.ts'

type Content = Record<string, unknown>

async function fixture(t: TestContext) {
  const base = await roomsRoutesFixture(t, ['alice', 'bob', 'carol'])
  const { people, call } = base
  const [alice, bob, carol] = people
  assert(alice && bob && carol)
  const create = async (more: object = {}) =>
    String((await call(alice, 'POST', '/createRoom', { preset: 'public_chat', ...more })).body['room_id'])
  const upgrade = (who: TestPerson, room: string, version = '12', more: object = {}) =>
    call(who, 'POST', `/rooms/${room}/upgrade`, { new_version: version, ...more })
  const read = async (room: string, type: string, who: TestPerson = alice): Promise<Content> =>
    (await call(who, 'GET', `/rooms/${room}/state/${type}/`)).body
  return { ...base, alice, bob, carol, create, upgrade, read }
}

for (const [from, to] of [
  ['5', '10'],
  ['10', '12'],
  ['12', '12'],
  ['12', '11'],
] as const) {
  test(`a room goes from version ${from} to ${to} with its state`, async (t) => {
    const { alice, bob, call, create, upgrade, read } = await fixture(t)
    const room = await create({
      room_version: from,
      name: 'tea',
      topic: 'leaves',
      initial_state: [
        { type: 'm.room.encryption', content: { algorithm: 'm.megolm.v1.aes-sha2' } },
        { type: 'm.room.server_acl', content: { allow: ['*'] } },
        { type: 'org.example.mine', content: { kept: false } },
      ],
      power_level_content_override: { kick: 42 },
    })
    await call(bob, 'POST', `/join/${room}`, {})
    const answer = await upgrade(alice, room, to)
    assert.equal(answer.status, 200, JSON.stringify(answer.body))
    const replacement = String(answer.body['replacement_room'])
    const created = await read(replacement, 'm.room.create')
    assert.equal(created['room_version'], to)
    assert.equal((created['predecessor'] as Content)['room_id'], room)
    assert.deepEqual((await read(replacement, 'm.room.name'))['name'], 'tea')
    assert.deepEqual((await read(replacement, 'm.room.topic'))['topic'], 'leaves')
    assert.deepEqual(await read(replacement, 'm.room.encryption'), { algorithm: 'm.megolm.v1.aes-sha2' })
    assert.deepEqual(await read(replacement, 'm.room.server_acl'), { allow: ['*'] })
    assert.deepEqual(await read(replacement, 'm.room.join_rules'), { join_rule: 'public' })
    assert.equal((await read(replacement, 'org.example.mine'))['errcode'], 'M_NOT_FOUND')
    const levels = await read(replacement, 'm.room.power_levels')
    assert.equal(levels['kick'], 42)
    assert.deepEqual(levels['users'], to === '12' ? {} : { [alice.userId]: 100 })
    const { replacement_room: named, body } = await read(room, 'm.room.tombstone')
    assert.deepEqual([named, typeof body], [replacement, 'string'])

    const old = await read(room, 'm.room.power_levels')
    assert.deepEqual([old['events_default'], old['invite']], [50, 50])
    const says = await call(bob, 'PUT', `/rooms/${room}/send/m.room.message/1`, {
      body: 'x',
      msgtype: 'm.text',
    })
    assert.deepEqual(codeOf(says), [403, 'M_FORBIDDEN'])
    assert.equal((await call(bob, 'POST', `/join/${replacement}`, {})).status, 200)
  })
}

test('aliases and the place in the directory go with the room', async (t) => {
  const { alice, call, create, upgrade, read } = await fixture(t)
  const room = await create({ room_alias_name: 'tea', visibility: 'public' })
  await call(alice, 'PUT', '/directory/room/%23leaves:dure.test', { room_id: room })
  const replacement = (await upgrade(alice, room)).body['replacement_room']
  for (const alias of ['%23tea:dure.test', '%23leaves:dure.test'])
    assert.equal((await call(alice, 'GET', `/directory/room/${alias}`)).body['room_id'], replacement)
  assert.deepEqual(await read(String(replacement), 'm.room.canonical_alias'), { alias: '#tea:dure.test' })
  assert.deepEqual(await read(room, 'm.room.canonical_alias'), {})
  const { chunk } = (await call(alice, 'GET', '/publicRooms')).body as { chunk: { room_id: string }[] }
  assert.deepEqual(
    chunk.map(({ room_id: id }) => id),
    [replacement],
  )
})

test('an upgrade that is asked for again gives the same room', async (t) => {
  const { alice, create, upgrade } = await fixture(t)
  const room = await create()
  const first = await upgrade(alice, room, '11')
  assert.deepEqual((await upgrade(alice, room, '11')).body, first.body)
  assert.notDeepEqual((await upgrade(alice, room, '12')).body, first.body)
})

test('creators beside the founder are those named, and earlier creators keep a say', async (t) => {
  const { alice, bob, carol, append, call, create, upgrade, read } = await fixture(t)
  const room = await create({ room_version: '12' })
  await call(bob, 'POST', `/join/${room}`, {})
  const levels = await read(room, 'm.room.power_levels')
  await append(
    room,
    alice,
    state('m.room.power_levels', { ...levels, users: { [bob.userId]: 150 } } as never),
  )
  const { body } = await upgrade(bob, room, '12', { additional_creators: [carol.userId, bob.userId] })
  const replacement = String(body['replacement_room'])
  const created = await read(replacement, 'm.room.create', bob)
  assert.deepEqual(created['additional_creators'], [carol.userId])
  const { users } = await read(replacement, 'm.room.power_levels', bob)
  assert.deepEqual(users, { [alice.userId]: 100 })
})

test('a space stays one and keeps its children', async (t) => {
  const { alice, append, create, upgrade, call } = await fixture(t)
  const space = await create({ creation_content: { type: 'm.space' }, room_version: '11' })
  const child = await create()
  await append(space, alice, state('m.space.child', { via: ['dure.test'] }, child))
  await append(space, alice, state('m.space.child', {}, '!gone:dure.test'))
  const { body } = await upgrade(alice, space)
  const tree = await call(
    alice,
    'GET',
    `/_matrix/client/v1/rooms/${encodeURIComponent(String(body['replacement_room']))}/hierarchy`,
  )
  const rooms = tree.body['rooms'] as { room_id: string; children_state: unknown[] }[]
  assert.deepEqual(
    rooms.map(({ room_id: id }) => id),
    [body['replacement_room'], child],
  )
  assert.equal(rooms[0]?.children_state.length, 1)
})

test('only who may send the tombstone upgrades, and to a version that there is', async (t) => {
  const { alice, bob, carol, call, create, upgrade, read } = await fixture(t)
  const room = await create()
  await call(bob, 'POST', `/join/${room}`, {})
  for (const who of [bob, carol]) assert.deepEqual(codeOf(await upgrade(who, room)), [403, 'M_FORBIDDEN'])
  assert.deepEqual(codeOf(await upgrade(alice, '!none:dure.test')), [403, 'M_FORBIDDEN'])
  assert.deepEqual(codeOf(await upgrade(alice, room, '99')), [400, 'M_UNSUPPORTED_ROOM_VERSION'])
  const creators = { additional_creators: ['not a user id'] }
  assert.deepEqual(codeOf(await upgrade(alice, room, '12', creators)), [400, 'M_INVALID_ROOM_STATE'])
  assert.equal((await read(room, 'm.room.tombstone'))['errcode'], 'M_NOT_FOUND')
})
