import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { member, message, state } from '../testing.ts'
import { codeOf, roomsRoutesFixture } from './testing.ts'

async function fixture(t: TestContext) {
  const { people, room, call, append } = await roomsRoutesFixture(t, ['alice', 'bob', 'carol'])
  const [alice, bob, carol] = people
  assert(alice && bob && carol)
  const roomId = await room([alice, bob])
  const path = (rest: string) => `/rooms/${encodeURIComponent(roomId)}/${rest}`
  return { alice, bob, carol, roomId, call, path, append }
}

test('state can be set and read, with and without a key', async (t) => {
  const { alice, bob, call, path } = await fixture(t)
  const set = await call(alice, 'PUT', path('state/m.room.name'), { name: 'Tea' })
  assert.equal(set.status, 200)
  assert.deepEqual((await call(bob, 'GET', path('state/m.room.name'))).body, { name: 'Tea' })
  assert.deepEqual((await call(bob, 'GET', path('state/m.room.name/'))).body, { name: 'Tea' })
  const whole = (await call(bob, 'GET', path('state/m.room.name/?format=event'))).body
  assert.deepEqual(
    [whole['event_id'], whole['state_key'], whole['sender']],
    [set.body['event_id'], '', alice.userId],
  )
  await call(alice, 'PUT', path('state/org.example.box/left'), { n: 1 })
  assert.deepEqual((await call(bob, 'GET', path('state/org.example.box/left'))).body, { n: 1 })
  assert.deepEqual(codeOf(await call(bob, 'GET', path('state/org.example.box/right'))), [404, 'M_NOT_FOUND'])
})

test('setting what stands already gives the event that stands', async (t) => {
  const { alice, call, path } = await fixture(t)
  const first = await call(alice, 'PUT', path('state/m.room.name/'), { name: 'Tea' })
  assert.deepEqual((await call(alice, 'PUT', path('state/m.room.name'), { name: 'Tea' })).body, first.body)
})

test('the authorisation rules decide who may set what', async (t) => {
  const { alice, bob, carol, call, path } = await fixture(t)
  assert.deepEqual(codeOf(await call(bob, 'PUT', path('state/m.room.name'), { name: 'Coup' })), [
    403,
    'M_FORBIDDEN',
  ])
  assert.deepEqual(codeOf(await call(carol, 'PUT', path('state/m.room.name'), { name: 'Coup' })), [
    403,
    'M_FORBIDDEN',
  ])
  assert.deepEqual(codeOf(await call(alice, 'PUT', path('state/m.room.create'), {})), [403, 'M_FORBIDDEN'])
  const others = encodeURIComponent(bob.userId)
  assert.deepEqual(codeOf(await call(alice, 'PUT', path(`state/org.example/${others}`), {})), [
    403,
    'M_FORBIDDEN',
  ])
  assert.equal(
    (await call(alice, 'PUT', path(`state/m.room.member/${others}`), { membership: 'ban' })).status,
    200,
  )
})

test('members see the current state, former members the state of their leaving, others nothing', async (t) => {
  const { alice, bob, carol, roomId, call, path, append } = await fixture(t)
  await append(roomId, alice, state('m.room.topic', { topic: 'then' }))
  await append(roomId, bob, member(bob.userId, 'leave'))
  await append(roomId, alice, state('m.room.topic', { topic: 'now' }))
  const topic = async (who: typeof alice) =>
    (await call(who, 'GET', path('state/m.room.topic'))).body['topic']
  assert.equal(await topic(alice), 'now')
  assert.equal(await topic(bob), 'then')
  assert.deepEqual(codeOf(await call(carol, 'GET', path('state/m.room.topic'))), [403, 'M_FORBIDDEN'])
  assert.deepEqual(codeOf(await call(carol, 'GET', path('state'))), [403, 'M_FORBIDDEN'])
  const all = (await call(bob, 'GET', path('state'))).body as unknown as { type: string; content: object }[]
  assert.deepEqual(all.find(({ type }) => type === 'm.room.topic')?.content, { topic: 'then' })
})

test('members can be listed by membership, now and at an earlier point', async (t) => {
  const { alice, bob, carol, roomId, call, path, append } = await fixture(t)
  await append(roomId, alice, message('a point in time'))
  const { body: page } = await call(alice, 'GET', path('messages?dir=b&limit=1'))
  await append(roomId, carol, member(carol.userId, 'join'))
  await append(roomId, bob, member(bob.userId, 'leave'))
  const names = async (query: string) => {
    const { body } = await call(alice, 'GET', path(`members?${query}`))
    return (body['chunk'] as { state_key: string }[]).map((event) => event.state_key).sort()
  }
  assert.deepEqual(await names(''), [alice.userId, bob.userId, carol.userId])
  assert.deepEqual(await names('membership=join'), [alice.userId, carol.userId])
  assert.deepEqual(await names('not_membership=join'), [bob.userId])
  assert.deepEqual(await names(`at=${page['start']}`), [alice.userId, bob.userId])
  assert.deepEqual(codeOf(await call(alice, 'GET', path('members?membership=friend'))), [
    400,
    'M_INVALID_PARAM',
  ])
  assert.deepEqual(codeOf(await call(alice, 'GET', path('members?at=x'))), [400, 'M_INVALID_PARAM'])
})

test('joined members come with their profiles, for members only', async (t) => {
  const { alice, bob, carol, roomId, call, path, append } = await fixture(t)
  await append(roomId, bob, {
    type: 'm.room.member',
    stateKey: bob.userId,
    content: { membership: 'join', displayname: 'Bob', avatar_url: 'mxc://a/b' },
  })
  const { body } = await call(alice, 'GET', path('joined_members'))
  assert.deepEqual(body['joined'], {
    [alice.userId]: {},
    [bob.userId]: { display_name: 'Bob', avatar_url: 'mxc://a/b' },
  })
  assert.deepEqual(codeOf(await call(carol, 'GET', path('joined_members'))), [403, 'M_FORBIDDEN'])
})
