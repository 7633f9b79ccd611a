import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { state } from '../testing.ts'
import { codeOf, roomsRoutesFixture, type TestAnswer, type TestPerson } from './testing.ts'

type Child = { order?: string; suggested?: boolean; via?: number | string[] }

async function fixture(t: TestContext) {
  const base = await roomsRoutesFixture(t, ['alice', 'bob'])
  const { people, call, append } = base
  const [alice, bob] = people
  assert(alice && bob)

  async function create(name: string, more: object = {}): Promise<string> {
    const { body } = await call(alice as TestPerson, 'POST', '/createRoom', {
      name,
      preset: 'public_chat',
      ...more,
    })
    return String(body['room_id'])
  }
  const space = (name: string, more: object = {}) =>
    create(name, { creation_content: { type: 'm.space' }, ...more })
  const link = (parent: string, child: string, content: Child = {}) =>
    append(parent, alice, state('m.space.child', { via: ['dure.test'], ...content }, child))
  const hierarchy = (who: TestPerson | undefined, roomId: string, query = '') =>
    call(who, 'GET', `/_matrix/client/v1/rooms/${encodeURIComponent(roomId)}/hierarchy${query}`)
  const summary = (who: TestPerson | undefined, roomId: string) =>
    call(who, 'GET', `/_matrix/client/v1/room_summary/${encodeURIComponent(roomId)}`)
  return { ...base, alice, bob, create, space, link, hierarchy, summary }
}

function names({ body }: TestAnswer): unknown[] {
  return (body['rooms'] as { name?: string }[]).map(({ name }) => name)
}

const restrictedTo = (roomId: string) =>
  state('m.room.join_rules', {
    join_rule: 'restricted',
    allow: [{ type: 'm.room_membership', room_id: roomId }],
  })

test('a tree is given depth first, children in the order of the specification', async (t) => {
  const { bob, create, space, link, hierarchy } = await fixture(t)
  const root = await space('root')
  const inner = await space('inner')
  for (const [parent, name, child] of [
    [root, 'without order', {}],
    [root, 'order that is none', { order: 'ü' }],
    [root, 'b', { order: 'b' }],
    [inner, 'leaf', {}],
  ] as const)
    await link(parent, await create(name), child)
  await link(root, inner, { order: ' ' })
  assert.deepEqual(names(await hierarchy(bob, root)), [
    'root',
    'inner',
    'leaf',
    'b',
    'without order',
    'order that is none',
  ])
  assert.deepEqual(names(await hierarchy(bob, root, '?max_depth=1')), [
    'root',
    'inner',
    'b',
    'without order',
    'order that is none',
  ])
  assert.deepEqual(names(await hierarchy(bob, root, '?max_depth=0')), ['root'])
})

test('a room of the tree is described, with the children it names', async (t) => {
  const { alice, bob, create, space, link, hierarchy } = await fixture(t)
  const root = await space('root', { topic: 'tea', room_alias_name: 'root', room_version: '12' })
  const room = await create('room', {
    initial_state: [{ type: 'm.room.encryption', content: { algorithm: 'm.megolm.v1.aes-sha2' } }],
    room_version: '11',
  })
  await link(root, room, { suggested: true })
  const [first, second] = (await hierarchy(bob, root)).body['rooms'] as Record<string, unknown>[]
  const { children_state: children, ...described } = first ?? {}
  assert.deepEqual(described, {
    room_id: root,
    name: 'root',
    topic: 'tea',
    canonical_alias: '#root:dure.test',
    num_joined_members: 1,
    world_readable: false,
    guest_can_join: false,
    join_rule: 'public',
    room_type: 'm.space',
    room_version: '12',
  })
  const [{ origin_server_ts: at, ...child } = {}] = children as Record<string, unknown>[]
  assert.equal(typeof at, 'number')
  assert.deepEqual(child, {
    type: 'm.space.child',
    state_key: room,
    content: { via: ['dure.test'], suggested: true },
    sender: alice.userId,
  })
  assert.deepEqual([second?.['children_state'], second?.['encryption']], [[], 'm.megolm.v1.aes-sha2'])
})

test('pages follow one another, whatever is linked meanwhile, and keep to their parameters', async (t) => {
  const { bob, create, space, link, hierarchy } = await fixture(t)
  const root = await space('root')
  for (let i = 1; i <= 5; i++) await link(root, await create(`${i}`), { order: `${i}` })
  const first = await hierarchy(bob, root, '?limit=2&max_depth=3')
  assert.deepEqual(names(first), ['root', '1'])
  const from = encodeURIComponent(String(first.body['next_batch']))
  await link(root, await create('0'), { order: '0' })
  const second = await hierarchy(bob, root, `?limit=2&max_depth=3&from=${from}`)
  assert.deepEqual(names(second), ['2', '3'])
  const last = await hierarchy(bob, root, `?limit=2&max_depth=3&from=${second.body['next_batch']}`)
  assert.deepEqual([names(last), last.body['next_batch']], [['4', '5'], undefined])

  for (const query of [
    `?from=${from}`,
    `?max_depth=3&suggested_only=true&from=${from}`,
    '?from=x',
    '?limit=0',
  ])
    assert.deepEqual(codeOf(await hierarchy(bob, root, query)), [400, 'M_INVALID_PARAM'])
})

test('only suggested rooms are followed when that is asked for', async (t) => {
  const { bob, create, space, link, hierarchy } = await fixture(t)
  const root = await space('root')
  await link(root, await create('not suggested'))
  await link(root, await create('suggested'), { suggested: true })
  const answer = await hierarchy(bob, root, '?suggested_only=true')
  assert.deepEqual(names(answer), ['root', 'suggested'])
  const [first] = answer.body['rooms'] as { children_state: unknown[] }[]
  assert.equal(first?.children_state.length, 1)
})

test('loops end, and links that were taken back or lead nowhere are passed over', async (t) => {
  const { bob, create, space, link, hierarchy } = await fixture(t)
  const root = await space('root')
  const inner = await space('inner')
  await link(root, inner)
  await link(inner, root)
  await link(inner, inner)
  await link(root, '!nowhere:dure.test')
  const removed = await create('removed')
  await link(root, removed, { via: 7 })
  await link(root, await create('no servers'), { via: [] })
  assert.deepEqual(names(await hierarchy(bob, root)), ['root', 'inner'])
})

test('a room that is no space has no children, whatever its state says', async (t) => {
  const { bob, create, link, hierarchy } = await fixture(t)
  const room = await create('room')
  await link(room, await create('other'))
  assert.deepEqual(names(await hierarchy(bob, room)), ['room'])
})

test('rooms appear to those who are in them, are invited, may come in, may knock or may read', async (t) => {
  const { alice, bob, call, append, create, space, link, hierarchy } = await fixture(t)
  const root = await space('root')
  const closed = await create('closed', { preset: 'private_chat' })
  const inClosed = await space('in closed', { preset: 'private_chat' })
  await link(inClosed, await create('public below closed'))
  const knockable = await create('knockable', { preset: 'private_chat' })
  await append(knockable, alice, state('m.room.join_rules', { join_rule: 'knock' }))
  const readable = await create('readable', { preset: 'private_chat' })
  await append(readable, alice, state('m.room.history_visibility', { history_visibility: 'world_readable' }))
  const restricted = await create('restricted', { preset: 'private_chat' })
  await append(restricted, alice, restrictedTo(root))
  for (const [index, room] of [closed, inClosed, knockable, readable, restricted].entries())
    await link(root, room, { order: `${index}` })

  assert.deepEqual(names(await hierarchy(bob, root)), ['root', 'knockable', 'readable'])
  await call(bob, 'POST', `/join/${root}`)
  assert.deepEqual(names(await hierarchy(bob, root)), ['root', 'knockable', 'readable', 'restricted'])
  await call(alice, 'POST', `/rooms/${closed}/invite`, { user_id: bob.userId })
  await call(alice, 'POST', `/rooms/${knockable}/ban`, { user_id: bob.userId })
  assert.deepEqual(names(await hierarchy(bob, root)), ['root', 'closed', 'readable', 'restricted'])
  assert.equal(names(await hierarchy(alice, root)).length, 7)
})

test('a tree whose root may not be seen is refused like one that is not there', async (t) => {
  const { bob, space, hierarchy } = await fixture(t)
  const closed = await space('closed', { preset: 'private_chat' })
  for (const roomId of [closed, '!nowhere:dure.test'])
    assert.deepEqual(codeOf(await hierarchy(bob, roomId)), [403, 'M_FORBIDDEN'])
})

test('a summary is found by id and alias, and says what the person is in the room', async (t) => {
  const { alice, bob, create, summary } = await fixture(t)
  const room = await create('room', { room_alias_name: 'room' })
  const { body } = await summary(bob, '#room:dure.test')
  assert.deepEqual([body['room_id'], body['name'], body['membership']], [room, 'room', 'leave'])
  assert.equal((await summary(alice, room)).body['membership'], 'join')
  assert.equal('membership' in (await summary(undefined, room)).body, false)
})

test('a summary is given to those alone who may know of the room', async (t) => {
  const { alice, bob, call, append, create, summary } = await fixture(t)
  const club = await create('club')
  const room = await create('room', { preset: 'private_chat' })
  for (const who of [bob, undefined]) assert.deepEqual(codeOf(await summary(who, room)), [404, 'M_NOT_FOUND'])
  assert.deepEqual(codeOf(await summary(bob, '#none:dure.test')), [404, 'M_NOT_FOUND'])
  assert.deepEqual(codeOf(await summary(bob, '!none:dure.test')), [404, 'M_NOT_FOUND'])

  await append(room, alice, restrictedTo(club))
  assert.deepEqual(codeOf(await summary(bob, room)), [404, 'M_NOT_FOUND'])
  await call(bob, 'POST', `/join/${club}`)
  const found = await summary(bob, room)
  assert.deepEqual([found.status, found.body['allowed_room_ids']], [200, [club]])
  assert.deepEqual(codeOf(await summary(undefined, room)), [404, 'M_NOT_FOUND'])
  await append(room, alice, state('m.room.join_rules', { join_rule: 'knock' }))
  assert.equal((await summary(undefined, room)).status, 200)
})
