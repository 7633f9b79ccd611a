import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from '../../platform/testing/until.ts'
import { member, message } from '../rooms/testing.ts'
import { alice, bob, carol, presenceFixture } from './testing.ts'

test('a typing notice is shown on every node until its time is up', async (t) => {
  const { nodes, clock, room } = await presenceFixture(t, { nodes: 2 })
  const [here, there] = nodes
  assert(there)
  const roomId = await room(alice, bob)
  const path = `rooms/${roomId}/typing/${alice}`
  assert.deepEqual(await here.call('PUT', alice, path, { typing: true, timeout: 10_000 }), [200, {}])
  assert.deepEqual(here.typingIn(roomId), [alice])
  await until(() => there.presence.typing([roomId], undefined).size > 0)
  assert.deepEqual(there.typingIn(roomId), [alice])

  await clock.advance(9_999)
  assert.deepEqual(there.typingIn(roomId), [alice])
  await clock.advance(1)
  for (const node of nodes) assert.deepEqual(node.typingIn(roomId), [])
})

test('saying so again prolongs it and tells nobody; saying no ends it', async (t) => {
  const { presence, call, clock, room, typingIn } = await presenceFixture(t)
  const roomId = await room(alice, bob)
  const say = (typing: boolean, timeout?: number) =>
    call('PUT', alice, `rooms/${roomId}/typing/${alice}`, {
      typing,
      ...(timeout === undefined ? {} : { timeout }),
    })
  await say(true, 10_000)
  await clock.advance(8_000)
  const token = presence.token()
  await say(true, 10_000)
  assert.equal(presence.token(), token)
  await clock.advance(8_000)
  assert.deepEqual(typingIn(roomId), [alice])
  await say(false)
  assert.deepEqual(typingIn(roomId), [])
  assert.deepEqual(presence.typing([roomId], token).get(roomId), { user_ids: [] })
})

test('no notice lasts longer than the longest allowed, and one without a time ends by itself', async (t) => {
  const { call, clock, room, typingIn } = await presenceFixture(t)
  const roomId = await room(alice, bob)
  await call('PUT', alice, `rooms/${roomId}/typing/${alice}`, { typing: true, timeout: 1e9 })
  await call('PUT', bob, `rooms/${roomId}/typing/${bob}`, { typing: true })
  await clock.advance(30_000)
  assert.deepEqual(typingIn(roomId), [alice])
  await clock.advance(90_000)
  assert.deepEqual(typingIn(roomId), [])
})

test("a message ends its sender's typing on every node; a reaction does not", async (t) => {
  const { nodes, room } = await presenceFixture(t, { nodes: 2 })
  const [here, there] = nodes
  assert(there)
  const roomId = await room(alice, bob)
  for (const person of [alice, bob]) here.presence.setTyping(roomId, person, 30_000)
  await until(() => (there.typingIn(roomId) as string[]).length === 2)
  const { eventIds } = await there.rooms.append({ roomId, sender: bob, drafts: [message('hello')] })
  for (const node of nodes) await until(() => (node.typingIn(roomId) as string[]).length === 1)
  const annotation = { rel_type: 'm.annotation', event_id: eventIds[0] ?? '', key: '+' }
  const reaction = { type: 'm.reaction', content: { 'm.relates_to': annotation } }
  const { position } = await there.rooms.append({ roomId, sender: alice, drafts: [reaction] })
  for (const node of nodes) {
    await node.reached(position)
    assert.deepEqual(node.typingIn(roomId), [alice])
  }

  const left = await here.rooms.append({ roomId, sender: alice, drafts: [member(alice, 'leave')] })
  for (const node of nodes) {
    await node.reached(left.position)
    assert.deepEqual(node.typingIn(roomId), [])
  }
})

test('only people in the room type there, and only for themselves', async (t) => {
  const { call, room, typingIn } = await presenceFixture(t)
  const roomId = await room(alice, bob)
  const refused = async (userId: string, path: string, body: unknown) => {
    const [status, answer] = await call('PUT', userId, path, body)
    return [status, 'errcode' in answer ? answer.errcode : undefined]
  }
  const yes = { typing: true, timeout: 5000 }
  assert.deepEqual(await refused(alice, `rooms/${roomId}/typing/${bob}`, yes), [403, 'M_FORBIDDEN'])
  assert.deepEqual(await refused(carol, `rooms/${roomId}/typing/${carol}`, yes), [403, 'M_FORBIDDEN'])
  assert.deepEqual(await refused(alice, `rooms/!none:dure.test/typing/${alice}`, yes), [403, 'M_FORBIDDEN'])
  assert.deepEqual(await refused(alice, `rooms/${roomId}/typing/${alice}`, {}), [400, 'M_MISSING_PARAM'])
  for (const wrong of [{ typing: 'yes' }, { typing: true, timeout: -1 }, { typing: true, timeout: '5' }])
    assert.deepEqual(await refused(alice, `rooms/${roomId}/typing/${alice}`, wrong), [400, 'M_BAD_JSON'])
  assert.deepEqual(typingIn(roomId), [])
})

test('a token shows what is new since then; one of another node shows what is current', async (t) => {
  const { presence } = await presenceFixture(t)
  presence.setTyping('!a:x', alice, 30_000)
  const between = presence.token()
  presence.setTyping('!b:x', alice, 30_000)
  const rooms = ['!a:x', '!b:x', '!c:x']
  assert.match(between, /^[\w.~-]{1,200}$/)
  assert.deepEqual([...presence.typing(rooms, between).keys()], ['!b:x'])
  assert.deepEqual([...presence.typing(rooms, presence.token()).keys()], [])
  for (const foreign of [undefined, 'OtherRun.5', 'rubbish'])
    assert.deepEqual([...presence.typing(rooms, foreign).keys()], ['!a:x', '!b:x'])
  assert.deepEqual([...presence.typing(['!b:x'], undefined)], [['!b:x', { user_ids: [alice] }]])
})

test('a client that comes from another node hears that somebody has stopped', async (t) => {
  const { presence, clock } = await presenceFixture(t)
  presence.setTyping('!a:x', alice, 5_000)
  await clock.advance(6_000)
  assert.deepEqual(presence.typing(['!a:x'], 'OtherRun.5').get('!a:x'), { user_ids: [] })
  await clock.advance(200_000)
  assert.equal(presence.typing(['!a:x'], 'OtherRun.5').size, 0)
})
