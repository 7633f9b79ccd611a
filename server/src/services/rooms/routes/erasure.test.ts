import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { testNodes } from '../../../platform/testing/app.ts'
import { waitingJobs } from '../../../platform/testing/jobs.ts'
import { member, message, state } from '../testing.ts'
import { roomsRoutesFixture, type TestPerson } from './testing.ts'

type Shown = { event_id: string; content: Record<string, unknown>; unsigned?: Record<string, unknown> }

/** Alice, who will leave, talks to Bob; Carol comes later. */
async function fixture(t: TestContext, options: { historyVisibility?: string } = {}) {
  const given = await roomsRoutesFixture(t, ['alice', 'bob', 'carol'])
  const [alice, bob, carol] = given.people
  assert(alice && bob && carol)
  const { call, room, append, platform } = given
  const roomId = await room([bob, alice], options)
  const said = await append(roomId, alice, message('something private'))
  return {
    ...given,
    alice,
    bob,
    carol,
    roomId,
    said,
    event: async (who: TestPerson, eventId: string) =>
      (await call(who, 'GET', `/rooms/${encodeURIComponent(roomId)}/event/${encodeURIComponent(eventId)}`))
        .body as unknown as Shown,
    messages: async (who: TestPerson) =>
      (await call(who, 'GET', `/rooms/${encodeURIComponent(roomId)}/messages?dir=b&limit=50`)).body[
        'chunk'
      ] as Shown[],
    async deactivate(erase: boolean) {
      const auth = {
        type: 'm.login.password',
        identifier: { type: 'm.id.user', user: alice.userId },
        password: 'correct horse battery',
      }
      const { status } = await call(alice, 'POST', '/account/deactivate', { erase, auth })
      assert.equal(status, 200)
      while ((await waitingJobs(platform.db, 'identity.account_deactivated')).length > 0)
        await new Promise(setImmediate)
      await platform.stream.reached(await platform.stream.head(), t.signal)
    },
    join: () => append(roomId, carol, member(carol.userId, 'join')),
  }
}

test('who comes after an erasure sees nothing of what was said, who was there sees it all', async (t) => {
  const { alice, bob, carol, roomId, said, event, messages, deactivate, join, append, call } =
    await fixture(t)
  const edit = await append(roomId, alice, {
    type: 'm.room.message',
    content: {
      msgtype: 'm.text',
      body: '* edited',
      'm.new_content': { msgtype: 'm.text', body: 'edited' },
      'm.relates_to': { rel_type: 'm.replace', event_id: said },
    },
  })
  const named = await append(roomId, alice, {
    type: 'm.room.member',
    stateKey: alice.userId,
    content: { membership: 'join', displayname: 'Alice' },
  })
  const heard = await append(roomId, bob, message('an answer'))
  await deactivate(true)
  await join()

  assert.equal((await event(bob, said)).content['body'], 'something private')
  assert.equal((await event(bob, named)).content['displayname'], 'Alice')

  assert.deepEqual((await event(carol, said)).content, {})
  assert.deepEqual((await event(carol, named)).content, { membership: 'join' })
  const all = await messages(carol)
  assert.ok(all.some(({ event_id }) => event_id === said) && all.some(({ event_id }) => event_id === edit))
  assert.equal(all.find(({ event_id }) => event_id === heard)?.content['body'], 'an answer')
  const text = JSON.stringify(all)
  for (const word of ['something private', 'edited', 'Alice']) assert.ok(!text.includes(word), word)
  const search = { search_categories: { room_events: { search_term: 'private' } } }
  assert.ok(!JSON.stringify((await call(carol, 'POST', '/search', search)).body).includes(said))
  assert.ok(JSON.stringify((await call(bob, 'POST', '/search', search)).body).includes(said))
})

test('a sync of who comes later says nothing of it, on other nodes and after a restart as well', async (t) => {
  const { carol, roomId, deactivate, join, databaseUrl } = await fixture(t)
  const [running] = await testNodes(t, 1, { databaseUrl, environment: { DURE_NODE: 'second' } })
  await deactivate(true)
  await join()
  const [restarted] = await testNodes(t, 1, { databaseUrl, environment: { DURE_NODE: 'third' } })
  for (const node of [running, restarted]) {
    assert(node)
    await node.platform.stream.reached(await node.platform.stream.head(), t.signal)
    const answer = await node.http.inject({
      url: '/_matrix/client/v3/sync',
      headers: { authorization: `Bearer ${carol.token}` },
    })
    assert.ok(answer.payload.includes(roomId))
    assert.ok(!answer.payload.includes('something private'))
  }
})

test('that a room was open to the world before does not count as having been there', async (t) => {
  const { bob, carol, said, event, deactivate } = await fixture(t, { historyVisibility: 'world_readable' })
  assert.equal((await event(carol, said)).content['body'], 'something private')
  await deactivate(true)
  assert.deepEqual((await event(carol, said)).content, {})
  assert.equal((await event(bob, said)).content['body'], 'something private')
})

test('an account that is closed without erasure leaves what it said', async (t) => {
  const { bob, carol, roomId, said, event, deactivate, join, append } = await fixture(t)
  await append(roomId, bob, state('m.room.topic', { topic: 'still here' }))
  await deactivate(false)
  await join()
  assert.equal((await event(carol, said)).content['body'], 'something private')
})
