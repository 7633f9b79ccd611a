import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { message } from '../testing.ts'
import { codeOf, eventIdsOf, roomsRoutesFixture, type TestPerson } from './testing.ts'

async function fixture(t: TestContext) {
  const { people, room, call, append } = await roomsRoutesFixture(t, ['alice', 'bob', 'carol'])
  const [alice, bob, carol] = people
  assert(alice && bob && carol)
  const roomId = await room([alice, bob])
  const parent = await append(roomId, alice, message('parent'))
  const relate = (who: TestPerson, type: string, to: string, more: object = {}) =>
    append(roomId, who, message('child', { 'm.relates_to': { rel_type: type, event_id: to, ...more } }))
  const react = (who: TestPerson, key: string) =>
    append(roomId, who, {
      type: 'm.reaction',
      content: { 'm.relates_to': { rel_type: 'm.annotation', event_id: parent, key } },
    })
  const relations = (who: TestPerson, rest = '') =>
    call(
      who,
      'GET',
      `/_matrix/client/v1/rooms/${encodeURIComponent(roomId)}/relations/${encodeURIComponent(parent)}${rest}`,
    )
  return { alice, bob, carol, parent, relate, react, relations }
}

test('children are found by relation type and event type, newest first', async (t) => {
  const { alice, bob, parent, relate, react, relations } = await fixture(t)
  const thread = await relate(bob, 'm.thread', parent)
  const reference = await relate(bob, 'm.reference', parent)
  const reaction = await react(bob, '👍')
  assert.deepEqual(eventIdsOf((await relations(alice)).body['chunk']), [reaction, reference, thread])
  assert.deepEqual(eventIdsOf((await relations(alice, '/m.thread')).body['chunk']), [thread])
  assert.deepEqual(eventIdsOf((await relations(alice, '/m.annotation/m.reaction')).body['chunk']), [reaction])
  assert.deepEqual(eventIdsOf((await relations(alice, '/m.annotation/m.room.message')).body['chunk']), [])
  assert.deepEqual(eventIdsOf((await relations(alice, '?dir=f')).body['chunk']), [
    thread,
    reference,
    reaction,
  ])
})

test('pages follow one another until there is no more', async (t) => {
  const { alice, parent, relate, relations } = await fixture(t)
  const ids: string[] = []
  for (let i = 0; i < 5; i++) ids.push(await relate(alice, 'm.thread', parent))
  const first = (await relations(alice, '?limit=2')).body
  const second = (await relations(alice, `?limit=2&from=${first['next_batch']}`)).body
  const third = (await relations(alice, `?limit=2&from=${second['next_batch']}`)).body
  assert.deepEqual(
    [first, second, third].flatMap(({ chunk }) => eventIdsOf(chunk)),
    ids.toReversed(),
  )
  assert.equal(first['prev_batch'], undefined)
  assert.equal(second['prev_batch'], first['next_batch'])
  assert.equal(third['next_batch'], undefined)
})

test('recursion finds what relates through others, three relations deep', async (t) => {
  const { alice, parent, relate, relations } = await fixture(t)
  const child = await relate(alice, 'm.reference', parent)
  const grandchild = await relate(alice, 'm.reference', child)
  assert.deepEqual(eventIdsOf((await relations(alice)).body['chunk']), [child])
  const { body } = await relations(alice, '?recurse=true')
  assert.deepEqual(eventIdsOf(body['chunk']), [grandchild, child])
  assert.equal(body['recursion_depth'], 3)
})

test('who may not see the parent is told that there is none', async (t) => {
  const { carol, relations } = await fixture(t)
  assert.deepEqual(codeOf(await relations(carol)), [404, 'M_NOT_FOUND'])
})

test('wrong parameters are refused', async (t) => {
  const { alice, relations } = await fixture(t)
  assert.deepEqual(codeOf(await relations(alice, '?dir=sideways')), [400, 'M_INVALID_PARAM'])
  assert.deepEqual(codeOf(await relations(alice, '?from=page2')), [400, 'M_INVALID_PARAM'])
  assert.deepEqual(codeOf(await relations(alice, '?recurse=maybe')), [400, 'M_INVALID_PARAM'])
})
