import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { JsonObject } from '../../../platform/json.ts'
import { testApp } from '../../../platform/testing/app.ts'
import { member } from '../testing.ts'
import { codeOf, roomsRoutesFixture, type TestAnswer, type TestPerson } from './testing.ts'

async function fixture(t: TestContext) {
  const base = await roomsRoutesFixture(t, ['alice', 'bob', 'carol'])
  const [alice, bob, carol] = base.people
  assert(alice && bob && carol)
  async function create(body: object, members: readonly TestPerson[] = []): Promise<string> {
    const answer = await base.call(alice, 'POST', '/createRoom', { visibility: 'public', ...body })
    assert.equal(answer.status, 200, JSON.stringify(answer.body))
    const roomId = String(answer.body['room_id'])
    for (const who of members) await base.call(who, 'POST', `/rooms/${roomId}/join`, {})
    return roomId
  }
  const search = (body: object) => base.call(alice, 'POST', '/publicRooms', body)
  const list = (query = '') => base.call(undefined, 'GET', `/publicRooms${query}`)
  return { ...base, alice, bob, carol, create, search, list }
}

function chunkOf({ body }: TestAnswer): JsonObject[] {
  return body['chunk'] as JsonObject[]
}

function idsOf(answer: TestAnswer): unknown[] {
  return chunkOf(answer).map((room) => room['room_id'])
}

test('the directory shows of a room what it says of itself, as it is now', async (t) => {
  const { alice, bob, create, list, call } = await fixture(t)
  const roomId = await create({
    name: 'Tea',
    topic: 'Leaves',
    room_alias_name: 'tea',
    creation_content: { type: 'm.space' },
  })
  const put = (type: string, content: object) => call(alice, 'PUT', `/rooms/${roomId}/state/${type}`, content)
  await put('m.room.avatar', { url: 'mxc://dure.test/tea' })
  assert.deepEqual((await list()).body, {
    chunk: [
      {
        room_id: roomId,
        num_joined_members: 1,
        canonical_alias: '#tea:dure.test',
        name: 'Tea',
        topic: 'Leaves',
        avatar_url: 'mxc://dure.test/tea',
        join_rule: 'public',
        room_type: 'm.space',
        world_readable: false,
        guest_can_join: false,
      },
    ],
    total_room_count_estimate: 1,
  })
  await call(bob, 'POST', `/rooms/${roomId}/join`, {})
  await put('m.room.history_visibility', { history_visibility: 'world_readable' })
  await put('m.room.guest_access', { guest_access: 'can_join' })
  await put('m.room.join_rules', { join_rule: 'knock' })
  await put('m.room.name', { name: '' })
  await put('m.room.topic', {
    topic: 'plain',
    'm.topic': { 'm.text': [{ mimetype: 'text/html', body: '<b>x</b>' }] },
  })
  await put('m.room.canonical_alias', {})
  assert.deepEqual(chunkOf(await list()), [
    {
      room_id: roomId,
      num_joined_members: 2,
      avatar_url: 'mxc://dure.test/tea',
      join_rule: 'knock',
      room_type: 'm.space',
      world_readable: true,
      guest_can_join: true,
    },
  ])
})

for (const version of ['6', '11', '12']) {
  test(`rooms of version ${version} are listed by who may decide how they are found`, async (t) => {
    const { alice, bob, carol, create, list, call } = await fixture(t)
    const roomId = await create({ visibility: 'private', preset: 'public_chat', room_version: version }, [
      bob,
    ])
    const path = `/directory/list/room/${roomId}`
    const visibility = async () => (await call(undefined, 'GET', path)).body
    assert.deepEqual(await visibility(), { visibility: 'private' })
    assert.deepEqual(codeOf(await call(bob, 'PUT', path, { visibility: 'public' })), [403, 'M_FORBIDDEN'])
    assert.deepEqual(codeOf(await call(carol, 'PUT', path, {})), [403, 'M_FORBIDDEN'])
    assert.deepEqual(codeOf(await call(alice, 'PUT', path, { visibility: 'secret' })), [400, 'M_BAD_JSON'])
    assert.deepEqual(idsOf(await list()), [])
    assert.deepEqual((await call(alice, 'PUT', path, {})).body, {}, 'public, unless said otherwise')
    assert.deepEqual(await visibility(), { visibility: 'public' })
    assert.deepEqual(idsOf(await list()), [roomId])
    assert.equal((await call(alice, 'PUT', path, { visibility: 'public' })).status, 200, 'again')
    assert.equal((await call(alice, 'PUT', path, { visibility: 'private' })).status, 200)
    assert.deepEqual(idsOf(await list()), [])
  })
}

test('a room that does not exist has no visibility', async (t) => {
  const { alice, call } = await fixture(t)
  const path = '/directory/list/room/!none:dure.test'
  assert.deepEqual(codeOf(await call(undefined, 'GET', path)), [404, 'M_NOT_FOUND'])
  assert.deepEqual(codeOf(await call(alice, 'PUT', path, {})), [404, 'M_NOT_FOUND'])
  assert.deepEqual(codeOf(await call(undefined, 'PUT', path, {})), [401, 'M_MISSING_TOKEN'])
})

test('large rooms come first, and pages lead on and back without gaps', async (t) => {
  const { bob, carol, create, list, search } = await fixture(t)
  const small = [await create({}), await create({}), await create({})].sort()
  const large = await create({}, [bob, carol])
  const middle = await create({}, [bob])
  const order = [large, middle, ...small]
  assert.deepEqual(idsOf(await list()), order)

  const first = await list('?limit=2')
  assert.deepEqual(idsOf(first), order.slice(0, 2))
  assert.equal(first.body['prev_batch'], undefined)
  assert.equal(first.body['total_room_count_estimate'], 5)
  const second = await search({ limit: 2, since: first.body['next_batch'] })
  assert.deepEqual(idsOf(second), order.slice(2, 4))
  const third = await list(`?limit=2&since=${second.body['next_batch']}`)
  assert.deepEqual(idsOf(third), order.slice(4))
  assert.equal(third.body['next_batch'], undefined)
  const back = await list(`?limit=2&since=${third.body['prev_batch']}`)
  assert.deepEqual(idsOf(back), order.slice(2, 4))
  const start = await list(`?limit=2&since=${back.body['prev_batch']}`)
  assert.deepEqual(idsOf(start), order.slice(0, 2))
  assert.equal(start.body['prev_batch'], undefined)
  assert.deepEqual(idsOf(await list(`?limit=2&since=${start.body['next_batch']}`)), order.slice(2, 4))
})

test('the directory is searched by name, topic and alias, and by type', async (t) => {
  const { create, search, list } = await fixture(t)
  const space = await create({ name: 'Grüner TEE', creation_content: { type: 'm.space' } })
  const plain = await create({ topic: 'Where 100% of the tea is' })
  const named = await create({ room_alias_name: 'teahouse' })
  const found = async (filter: object) => new Set(idsOf(await search({ filter })))
  assert.deepEqual(await found({ generic_search_term: 'grÜner tee' }), new Set([space]))
  assert.deepEqual(await found({ generic_search_term: '100%' }), new Set([plain]))
  assert.deepEqual(await found({ generic_search_term: '#TEAHOUSE:' }), new Set([named]))
  assert.deepEqual(await found({ generic_search_term: 'tea' }), new Set([plain, named]))
  assert.deepEqual(await found({ generic_search_term: '%' }), new Set([plain]), 'no wildcards')
  assert.deepEqual(await found({ generic_search_term: 'coffee' }), new Set())
  assert.deepEqual(await found({ generic_search_term: '' }), new Set([space, plain, named]))
  assert.deepEqual(await found({ generic_search_term: 'tea\0' }), new Set([plain, named]))
  assert.deepEqual(await found({ room_types: ['m.space'] }), new Set([space]))
  assert.deepEqual(await found({ room_types: [null] }), new Set([plain, named]))
  assert.deepEqual(await found({ room_types: [null, 'm.space'] }), new Set([space, plain, named]))
  assert.deepEqual(await found({ room_types: [] }), new Set())
  assert.deepEqual(await found({ room_types: [null], generic_search_term: 'house' }), new Set([named]))
  const counted = await search({ limit: 1, filter: { generic_search_term: 'tea' } })
  assert.equal(counted.body['total_room_count_estimate'], 2)
  assert.equal(idsOf(await list()).length, 3)
})

test('what the directory cannot answer is refused', async (t) => {
  const { call, search, list } = await fixture(t)
  assert.equal((await list('?server=dure.test')).status, 200)
  assert.deepEqual(codeOf(await list('?server=elsewhere.test')), [404, 'M_NOT_FOUND'])
  assert.deepEqual(codeOf(await list('?since=nonsense')), [400, 'M_INVALID_PARAM'])
  assert.deepEqual(codeOf(await list('?limit=-1')), [400, 'M_INVALID_PARAM'])
  assert.deepEqual(codeOf(await search({ limit: 'all' })), [400, 'M_BAD_JSON'])
  assert.deepEqual(codeOf(await search({ filter: { room_types: [7] } })), [400, 'M_BAD_JSON'])
  const both = { include_all_networks: true, third_party_instance_id: 'irc' }
  assert.deepEqual(codeOf(await search(both)), [400, 'M_INVALID_PARAM'])
  assert.deepEqual(idsOf(await search({ third_party_instance_id: 'irc' })), [])
  assert.deepEqual(codeOf(await call(undefined, 'POST', '/publicRooms', {})), [401, 'M_MISSING_TOKEN'])
})

test('two nodes show the same directory at once, whichever wrote last', async (t) => {
  const { alice, bob, create, list, append, databaseUrl, call } = await fixture(t)
  const other = await testApp(t, { databaseUrl, environment: { DURE_NODE: 'node-2' } })
  const roomId = await create({ name: 'Tea' })
  await Promise.all(Array.from({ length: 5 }, () => list()))
  await append(roomId, bob, member(bob.userId, 'join'))
  const elsewhere = await other.http.inject({ method: 'GET', url: '/_matrix/client/v3/publicRooms' })
  assert.equal(elsewhere.json().chunk[0].num_joined_members, 2)
  await call(alice, 'PUT', `/rooms/${roomId}/state/m.room.name`, { name: 'Green tea' })
  const again = await other.http.inject({ method: 'GET', url: '/_matrix/client/v3/publicRooms' })
  assert.equal(again.json().chunk[0].name, 'Green tea')
  assert.equal(chunkOf(await list())[0]?.['name'], 'Green tea')
})
