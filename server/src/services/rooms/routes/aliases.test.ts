import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { RoomOptions } from '../testing.ts'
import { codeOf, roomsRoutesFixture, type TestPerson } from './testing.ts'

const tea = '#tea:dure.test'

async function fixture(t: TestContext, options: RoomOptions = {}) {
  const base = await roomsRoutesFixture(t, ['alice', 'bob', 'carol'])
  const [alice, bob, carol] = base.people
  assert(alice && bob && carol)
  const roomId = await base.room([alice, bob], options)
  const alias = (
    who: TestPerson | undefined,
    method: 'GET' | 'PUT' | 'DELETE',
    name: string,
    body?: object,
  ) => base.call(who, method, `/directory/room/${encodeURIComponent(name)}`, body)
  const add = (who: TestPerson, name: string, room = roomId) => alias(who, 'PUT', name, { room_id: room })
  const canonical = (who: TestPerson, content: object) =>
    base.call(who, 'PUT', `/rooms/${roomId}/state/m.room.canonical_alias`, content)
  const standing = async () =>
    (await base.call(alice, 'GET', `/rooms/${roomId}/state/m.room.canonical_alias`)).body
  return { ...base, alice, bob, carol, roomId, alias, add, canonical, standing }
}

test('an alias leads to its room for everybody, until it is removed', async (t) => {
  const { alice, roomId, alias, add, call } = await fixture(t)
  assert.deepEqual(codeOf(await alias(undefined, 'GET', tea)), [404, 'M_NOT_FOUND'])
  assert.deepEqual((await add(alice, tea)).body, {})
  assert.deepEqual((await alias(undefined, 'GET', tea)).body, { room_id: roomId, servers: ['dure.test'] })
  await add(alice, '#зелёный чай/🍵:dure.test')
  assert.deepEqual((await call(alice, 'GET', `/rooms/${roomId}/aliases`)).body, {
    aliases: [tea, '#зелёный чай/🍵:dure.test'],
  })
  assert.deepEqual((await alias(alice, 'DELETE', tea)).body, {})
  assert.deepEqual(codeOf(await alias(undefined, 'GET', tea)), [404, 'M_NOT_FOUND'])
  assert.deepEqual(codeOf(await alias(alice, 'DELETE', tea)), [404, 'M_NOT_FOUND'])
})

test('an alias is given once, by a member, to a room that exists', async (t) => {
  const { alice, bob, carol, alias, add, room } = await fixture(t)
  assert.equal((await add(bob, tea)).status, 200)
  assert.deepEqual(codeOf(await add(alice, tea)), [409, 'M_UNKNOWN'])
  assert.deepEqual(codeOf(await add(alice, tea, await room([alice]))), [409, 'M_UNKNOWN'])
  assert.deepEqual(codeOf(await add(carol, '#carol:dure.test')), [403, 'M_FORBIDDEN'])
  assert.deepEqual(codeOf(await add(alice, '#none:dure.test', '!none:dure.test')), [403, 'M_FORBIDDEN'])
  assert.deepEqual(codeOf(await alias(alice, 'PUT', '#none:dure.test', {})), [400, 'M_MISSING_PARAM'])
  assert.deepEqual(codeOf(await alias(undefined, 'PUT', '#none:dure.test', {})), [401, 'M_MISSING_TOKEN'])
})

test('what is no alias is refused, and aliases of other servers lead nowhere', async (t) => {
  const { alice, roomId, alias, add } = await fixture(t)
  for (const name of [
    'tea',
    '#tea',
    '#:dure.test',
    roomId,
    '@tea:dure.test',
    `#${'a'.repeat(250)}:dure.test`,
  ]) {
    assert.deepEqual(codeOf(await add(alice, name)), [400, 'M_INVALID_PARAM'], name)
    assert.deepEqual(codeOf(await alias(alice, 'GET', name)), [400, 'M_INVALID_PARAM'], name)
  }
  const longest = `#${'a'.repeat(244)}:dure.test`
  assert.equal((await add(alice, longest)).status, 200, 'exactly 255 bytes')
  assert.deepEqual(codeOf(await add(alice, '#tea:elsewhere.test')), [400, 'M_INVALID_PARAM'])
  assert.deepEqual(codeOf(await alias(alice, 'GET', '#tea:elsewhere.test')), [404, 'M_NOT_FOUND'])
})

for (const version of ['6', '11', '12']) {
  test(`in version ${version} an alias is removed by who made it, or who may set the canonical one`, async (t) => {
    const { alice, bob, carol, alias, add, roomId, call } = await fixture(t, { version })
    await add(bob, tea)
    assert.deepEqual(codeOf(await alias(carol, 'DELETE', tea)), [403, 'M_FORBIDDEN'])
    assert.equal((await alias(alice, 'DELETE', tea)).status, 200)
    await add(alice, tea)
    assert.deepEqual(codeOf(await alias(bob, 'DELETE', tea)), [403, 'M_FORBIDDEN'])
    assert.equal((await alias(alice, 'DELETE', tea)).status, 200)
    await add(bob, tea)
    await call(bob, 'POST', `/rooms/${roomId}/leave`)
    assert.equal((await alias(bob, 'DELETE', tea)).status, 200, 'their own, also after leaving')
  })
}

test('the aliases of a room are listed to its members, and to all if it is world-readable', async (t) => {
  const { alice, carol, add, roomId, call } = await fixture(t)
  await add(alice, tea)
  const list = () => call(carol, 'GET', `/rooms/${roomId}/aliases`)
  assert.deepEqual(codeOf(await list()), [403, 'M_FORBIDDEN'])
  const visibility = { history_visibility: 'world_readable' }
  await call(alice, 'PUT', `/rooms/${roomId}/state/m.room.history_visibility`, visibility)
  assert.deepEqual((await list()).body, { aliases: [tea] })
  assert.deepEqual(codeOf(await call(carol, 'GET', '/rooms/!none:dure.test/aliases')), [403, 'M_FORBIDDEN'])
})

test('a room announces only new aliases that are well formed and lead to it', async (t) => {
  const { alice, bob, add, canonical, standing, room } = await fixture(t)
  await add(alice, tea)
  await add(alice, '#other:dure.test', await room([alice]))
  assert.deepEqual(codeOf(await canonical(bob, { alias: tea })), [403, 'M_FORBIDDEN'])
  assert.deepEqual(codeOf(await canonical(alice, { alias: '#none:dure.test' })), [400, 'M_BAD_ALIAS'])
  assert.deepEqual(codeOf(await canonical(alice, { alias: '#other:dure.test' })), [400, 'M_BAD_ALIAS'])
  assert.deepEqual(codeOf(await canonical(alice, { alias: tea, alt_aliases: ['#x:y.test'] })), [
    400,
    'M_BAD_ALIAS',
  ])
  assert.deepEqual(codeOf(await canonical(alice, { alt_aliases: ['tea'] })), [400, 'M_INVALID_PARAM'])
  assert.deepEqual(codeOf(await canonical(alice, { alias: 7 })), [400, 'M_INVALID_PARAM'])
  assert.deepEqual(codeOf(await canonical(alice, { alt_aliases: tea })), [400, 'M_INVALID_PARAM'])
  assert.equal((await canonical(alice, { alias: tea, alt_aliases: [tea] })).status, 200)
  assert.deepEqual(await standing(), { alias: tea, alt_aliases: [tea] })
  for (const none of [{ alias: '' }, { alias: null }, {}])
    assert.equal((await canonical(alice, none)).status, 200)
})

test('an alias that has gone astray may stay where it is announced already', async (t) => {
  const { alice, bob, add, alias, canonical, standing, services, roomId } = await fixture(t)
  await add(bob, tea)
  await add(alice, '#two:dure.test')
  await canonical(alice, { alias: '#two:dure.test', alt_aliases: [tea] })
  assert.equal((await alias(bob, 'DELETE', tea)).status, 200)
  assert.deepEqual(
    (await services.rooms.state(roomId))?.event('m.room.canonical_alias', '')?.content,
    { alias: '#two:dure.test', alt_aliases: [tea] },
    'who may remove an alias need not be allowed to change the room',
  )
  const changed = { alias: '#two:dure.test', alt_aliases: [tea], 'org.example': true }
  assert.equal((await canonical(alice, changed)).status, 200)
  assert.deepEqual(await standing(), changed)
})

test('with an alias that is removed goes its announcement', async (t) => {
  const { alice, add, alias, canonical, standing } = await fixture(t)
  await add(alice, tea)
  await add(alice, '#two:dure.test')
  await canonical(alice, { alias: tea, alt_aliases: [tea, '#two:dure.test'] })
  await alias(alice, 'DELETE', tea)
  assert.deepEqual(await standing(), { alt_aliases: ['#two:dure.test'] })
  await alias(alice, 'DELETE', '#two:dure.test')
  assert.deepEqual(await standing(), { alt_aliases: [] })
})
