import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from '../../platform/testing/until.ts'
import { message } from '../rooms/testing.ts'
import type { SoftToken } from './api.ts'
import type { PresenceService } from './service.ts'
import { alice, bob, carol, type PresenceNode, presenceFixture } from './testing.ts'

const minuteMs = 60_000
const friends = new Set([alice, bob])

async function shown(presence: PresenceService, since?: SoftToken) {
  const events = await presence.presence(carol, friends, since)
  return events.map(({ type, sender, content }) => [
    type,
    sender,
    (content as Record<string, unknown>)['presence'],
  ])
}

test('who syncs is online, and offline when no device has come for a while', async (t) => {
  const { presence, clock } = await presenceFixture(t)
  const before = presence.token()
  presence.seen(alice, 'online')
  assert.deepEqual(await shown(presence, before), [['m.presence', alice, 'online']])
  const online = presence.token()
  await clock.advance(minuteMs)
  presence.seen(alice, 'online')
  await clock.advance(minuteMs)
  assert.equal(presence.token(), online, 'syncing on is no news')
  await clock.advance(minuteMs)
  assert.deepEqual(await shown(presence, online), [['m.presence', alice, 'offline']])
})

test('a sync that asks not to be seen is not', async (t) => {
  const { presence } = await presenceFixture(t)
  const before = presence.token()
  presence.seen(alice, 'offline')
  assert.deepEqual(await shown(presence, before), [])
  assert.equal(presence.token(), before)
})

test('without activity an online person becomes unavailable, and a message brings them back', async (t) => {
  const { presence, rooms, room, clock } = await presenceFixture(t)
  const roomId = await room(alice)
  const poll = async (minutes: number) => {
    for (let i = 0; i < minutes; i++) {
      presence.seen(alice, 'online')
      await clock.advance(minuteMs)
    }
  }
  await poll(4)
  assert.equal(presence.status(alice).presence, 'online')
  assert.equal(presence.status(alice).currently_active, true)
  const online = presence.token()
  await poll(2)
  assert.deepEqual(await shown(presence, online), [['m.presence', alice, 'unavailable']])
  assert.deepEqual(presence.status(alice), { presence: 'unavailable', last_active_ago: 6 * minuteMs })

  presence.seen(alice, 'online')
  await rooms.append({ roomId, sender: alice, drafts: [message('back')] })
  await until(() => presence.status(alice).presence === 'online')
  assert.equal(presence.status(alice).last_active_ago, 0)
})

test('with several devices the one that is online counts', async (t) => {
  const { presence, clock } = await presenceFixture(t)
  presence.seen(alice, 'unavailable')
  assert.equal(presence.status(alice).presence, 'unavailable')
  presence.seen(alice, 'online')
  presence.seen(alice, 'unavailable')
  assert.equal(presence.status(alice).presence, 'online')
  await clock.advance(minuteMs)
  presence.seen(alice, 'unavailable')
  await clock.advance(minuteMs)
  assert.equal(presence.status(alice).presence, 'unavailable')
})

test('what people say of themselves is shown to those who share a room with them', async (t) => {
  const { presence, call, room } = await presenceFixture(t)
  await room(alice, bob)
  const before = presence.token()
  const set = (body: object) => call('PUT', alice, `presence/${alice}/status`, body)
  const get = (viewer: string) => call('GET', viewer, `presence/${alice}/status`)

  assert.deepEqual(await get(bob), [200, { presence: 'offline' }])
  assert.deepEqual(await set({ presence: 'online', status_msg: 'Making tea' }), [200, {}])
  assert.deepEqual(await get(bob), [
    200,
    { presence: 'online', last_active_ago: 0, currently_active: true, status_msg: 'Making tea' },
  ])
  assert.deepEqual(await shown(presence, before), [['m.presence', alice, 'online']])
  await set({ presence: 'unavailable' })
  assert.deepEqual(await get(alice), [200, { presence: 'unavailable', last_active_ago: 0 }])
})

test('who asked to be offline is so until a device syncs as online', async (t) => {
  const { presence, clock } = await presenceFixture(t)
  presence.seen(alice, 'online')
  await clock.advance(1000)
  presence.setStatus(alice, 'offline', undefined)
  assert.equal(presence.status(alice).presence, 'offline')
  presence.seen(alice, 'offline')
  presence.seen(alice, 'unavailable')
  assert.equal(presence.status(alice).presence, 'offline')
  await clock.advance(1000)
  presence.seen(alice, 'online')
  assert.equal(presence.status(alice).presence, 'online')
})

test('who asked to be unavailable is so until they do something', async (t) => {
  const { presence, rooms, room, clock } = await presenceFixture(t)
  const roomId = await room(alice)
  presence.seen(alice, 'online')
  await clock.advance(1000)
  presence.setStatus(alice, 'unavailable', undefined)
  await clock.advance(1000)
  presence.seen(alice, 'online')
  assert.equal(presence.status(alice).presence, 'unavailable')
  await rooms.append({ roomId, sender: alice, drafts: [message('here')] })
  await until(() => presence.status(alice).presence === 'online')
})

test('presence is refused to strangers, of strangers, and for others', async (t) => {
  const { presence, call, room } = await presenceFixture(t)
  await room(alice, bob)
  await room(carol)
  presence.setStatus(alice, 'online', undefined)
  const refused = async (...request: Parameters<typeof call>) => {
    const [status, answer] = await call(...request)
    return [status, 'errcode' in answer ? answer.errcode : undefined]
  }
  assert.deepEqual(await refused('GET', carol, `presence/${alice}/status`), [403, 'M_FORBIDDEN'])
  assert.deepEqual(await refused('GET', carol, 'presence/@nobody:dure.test/status'), [403, 'M_FORBIDDEN'])
  assert.deepEqual(await refused('GET', carol, 'presence/a%00b/status'), [403, 'M_FORBIDDEN'])
  assert.deepEqual(await refused('PUT', bob, `presence/${alice}/status`, { presence: 'offline' }), [
    403,
    'M_FORBIDDEN',
  ])
  assert.deepEqual(await refused('PUT', bob, `presence/${bob}/status`, {}), [400, 'M_MISSING_PARAM'])
  for (const wrong of [
    { presence: 'busy' },
    { presence: 'online', status_msg: 5 },
    { presence: 'online', status_msg: 'x'.repeat(1001) },
  ])
    assert.deepEqual(await refused('PUT', bob, `presence/${bob}/status`, wrong), [400, 'M_BAD_JSON'])
})

test('nodes agree, also one that comes later, and after one has died', async (t) => {
  const { nodes, clock, heard, addNode } = await presenceFixture(t, { nodes: 2 })
  const [here, there] = nodes
  assert(there)
  const isOnline = ({ presence }: PresenceNode, who: string) => presence.status(who).presence === 'online'
  /** Half a minute in which everybody goes on syncing where they are. */
  const live = async (among: readonly PresenceNode[]) => {
    for (let i = 0; i < 6; i++) {
      here.presence.seen(alice, 'online')
      if (among.includes(there)) there.presence.seen(bob, 'online')
      await clock.advance(5_000)
      await heard(among)
    }
  }
  here.presence.setStatus(alice, 'online', 'on one node')
  there.presence.seen(bob, 'online')
  await heard(nodes)
  for (const node of nodes) assert.ok(isOnline(node, alice) && isOnline(node, bob))

  const late = await addNode()
  await live([here, there, late])
  assert.ok(isOnline(late, alice) && isOnline(late, bob))
  assert.equal(late.presence.status(alice).status_msg, 'on one node')

  await there.kill()
  await live([here, late])
  await live([here, late])
  for (const node of [here, late])
    assert.deepEqual([isOnline(node, alice), isOnline(node, bob)], [true, false])
})

test('a node that was silent for long is asked again what it sees', async (t) => {
  const { nodes, clock, heard } = await presenceFixture(t, { nodes: 2, settings: { offlineAfter: 600_000 } })
  const [here, there] = nodes
  assert(there)
  there.presence.seen(bob, 'online')
  await heard(nodes)
  // Both stood still for longer than a node may be silent: each believes the other dead.
  clock.jump(60_000)
  assert.equal(here.presence.status(bob).presence, 'offline')
  for (let i = 0; i < 6; i++) {
    await heard(nodes)
    await clock.advance(5_000)
  }
  await heard(nodes)
  assert.equal(here.presence.status(bob).presence, 'online')
})

test('people are told of who changed, and of nobody else', async (t) => {
  const { presence } = await presenceFixture(t)
  const changes: object[] = []
  const stop = presence.onChange((change) => changes.push(change))
  presence.seen(alice, 'online')
  presence.setTyping('!a:x', bob, 5_000)
  presence.seen(alice, 'online')
  stop()
  presence.seen(bob, 'online')
  assert.deepEqual(changes, [{ userId: alice }, { roomId: '!a:x' }])
  assert.deepEqual(await presence.presence(carol, new Set([carol]), undefined), [])
})

test('switched off, nobody is seen and nothing is told', async (t) => {
  const { presence, call, room } = await presenceFixture(t, { settings: { enabled: false } })
  await room(alice, bob)
  const token = presence.token()
  presence.seen(alice, 'online')
  await call('PUT', alice, `presence/${alice}/status`, { presence: 'online', status_msg: 'hello' })
  assert.equal(presence.token(), token)
  assert.deepEqual(await presence.presence(bob, new Set([alice]), undefined), [])
  assert.deepEqual(await call('GET', bob, `presence/${alice}/status`), [200, { presence: 'offline' }])
  presence.setTyping('!a:x', alice, 5_000)
  assert.equal(presence.typing(['!a:x'], undefined).size, 1)
})
