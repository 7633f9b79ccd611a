import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JsonValue } from '../../../platform/json.ts'
import { compileCondition } from './conditions.ts'
import type { PushEvent, RoomFacts } from './prepared-event.ts'
import type { Condition } from './rule.ts'
import { ALICE, BOB, preparedEvent } from './testing.ts'

function matches(
  condition: Condition,
  changes: Partial<PushEvent> = {},
  { displayName, ...room }: Partial<RoomFacts> & { displayName?: string } = {},
): boolean {
  return compileCondition(condition)(preparedEvent(changes, room), { userId: ALICE, displayName })
}

test('event_match compares a whole property, whatever its case', () => {
  const condition = { kind: 'event_match', key: 'content.topic', pattern: 'lunc?*' }
  assert.equal(matches(condition, { content: { topic: 'LUNCH' } }), true)
  assert.equal(matches(condition, { content: { topic: 'no lunch' } }), false)
})

test('event_match with a lone star matches no property that is absent or not a string', () => {
  const condition = { kind: 'event_match', key: 'content.topic', pattern: '*' }
  assert.equal(matches(condition, { content: { topic: '' } }), true)
  for (const content of [{}, { topic: null }, { topic: 7 }, { topic: ['x'] }, { topic: { x: 'x' } }]) {
    assert.equal(matches(condition, { content }), false, JSON.stringify(content))
  }
})

test('event_match looks for words in content.body and nowhere else', () => {
  const inBody = { kind: 'event_match', key: 'content.body', pattern: 'tea' }
  assert.equal(matches(inBody), true)
  assert.equal(matches(inBody, { content: { body: 'a steady hand' } }), false)
  const elsewhere = { kind: 'event_match', key: 'content.topic', pattern: 'tea' }
  assert.equal(matches(elsewhere, { content: { topic: 'time for tea' } }), false)
})

test('event_match finds properties at the top, nested, and behind escaped dots and backslashes', () => {
  const match = (key: string, pattern: string) => ({ kind: 'event_match', key, pattern })
  assert.equal(matches(match('sender', '@BOB:*')), true)
  assert.equal(matches(match('state_key', ''), { state_key: '' }), true)
  assert.equal(matches(match('state_key', '')), false)
  const content = {
    'm.relates_to': { rel_type: 'm.thread' },
    'm\\foo': 'x',
    'm\\x': 'y',
    m: { relates_to: 'z' },
  }
  assert.equal(matches(match('content.m\\.relates_to.rel_type', 'm.thread'), { content }), true)
  assert.equal(matches(match('content.m\\\\foo', 'x'), { content }), true)
  assert.equal(matches(match('content.m\\x', 'y'), { content }), true)
  assert.equal(matches(match('content.m.relates_to', 'z'), { content }), true)
  assert.equal(matches(match('content.m.relates_to.rel_type', 'm.thread'), { content }), false)
})

test('no path leads into arrays, inherited properties or unsigned', () => {
  const match = (key: string) => ({ kind: 'event_match', key, pattern: '*' })
  assert.equal(matches(match('content.list.0'), { content: { list: ['x'] } }), false)
  assert.equal(matches(match('content.constructor.name')), false)
  assert.equal(matches(match('unsigned.transaction_id'), { unsigned: { transaction_id: 'x' } }), false)
})

test('event_property_is compares values without casting', () => {
  const is = (value: JsonValue) => ({ kind: 'event_property_is', key: 'content.m\\.federate', value })
  const content = (value: JsonValue) => ({ content: { 'm.federate': value } })
  for (const value of [true, false, null, 'x', '', 0, -5, Number.MAX_SAFE_INTEGER]) {
    assert.equal(matches(is(value), content(value)), true, String(value))
  }
  assert.equal(matches(is(true), content('true')), false)
  assert.equal(matches(is(true), content(1)), false)
  assert.equal(matches(is(null), {}), false)
  assert.equal(matches(is('X'), content('x')), false)
  assert.equal(matches(is('te?'), content('tea')), false)
})

test('event_property_is with a value that is compound, fractional, too large or missing matches nothing', () => {
  const condition = { kind: 'event_property_is', key: 'content.x' }
  for (const value of [{}, [], 1.5, 2 ** 53]) {
    assert.equal(matches({ ...condition, value }, { content: { x: value } }), false, String(value))
  }
  assert.equal(matches(condition, { content: { x: undefined } }), false)
  assert.equal(matches(condition), false)
})

test('event_property_contains looks for one value in an array', () => {
  const contains = {
    kind: 'event_property_contains',
    key: 'content.alt_aliases',
    value: '#myroom:example.com',
  }
  const aliases = (...alt_aliases: unknown[]) => ({ content: { alt_aliases } })
  assert.equal(matches(contains, aliases('#other:example.org', '#myroom:example.com')), true)
  assert.equal(matches(contains, aliases(':example.com', ['#myroom:example.com'])), false)
  assert.equal(matches(contains, { content: { alt_aliases: '#myroom:example.com' } }), false)
  assert.equal(matches(contains), false)
  assert.equal(matches({ ...contains, value: null }, aliases(null)), true)
})

test('contains_display_name finds the name the user has in the room', () => {
  const condition = { kind: 'contains_display_name' }
  const says = (body: unknown) => ({ content: { body } })
  assert.equal(matches(condition, says('Hello, ALICE M.!'), { displayName: 'Alice M.' }), true)
  assert.equal(matches(condition, says('malice'), { displayName: 'alice' }), false)
  assert.equal(matches(condition, says('any thing'), { displayName: '*' }), false)
  assert.equal(matches(condition, says('anything'), { displayName: '' }), false)
  assert.equal(matches(condition, says('anything')), false)
  assert.equal(matches(condition, says(['alice']), { displayName: 'alice' }), false)
})

test('room_member_count compares the number of members in each way', () => {
  const holdsFor = (is: JsonValue) =>
    [1, 2, 3].filter((memberCount) => matches({ kind: 'room_member_count', is }, {}, { memberCount }))
  assert.deepEqual(holdsFor('2'), [2])
  assert.deepEqual(holdsFor('==2'), [2])
  assert.deepEqual(holdsFor('<2'), [1])
  assert.deepEqual(holdsFor('<=2'), [1, 2])
  assert.deepEqual(holdsFor('>2'), [3])
  assert.deepEqual(holdsFor('>=2'), [2, 3])
  for (const is of ['', '=2', '2 ', '-2', '!=2', '<', 2, null]) assert.deepEqual(holdsFor(is), [])
  assert.equal(matches({ kind: 'room_member_count' }), false)
})

test('sender_notification_permission asks about the sender and the key', () => {
  const asked: unknown[] = []
  const mayNotify = (userId: string, key: string) => asked.push([userId, key]) > 0
  assert.equal(matches({ kind: 'sender_notification_permission', key: 'room' }, {}, { mayNotify }), true)
  assert.deepEqual(asked, [[BOB, 'room']])
  assert.equal(matches({ kind: 'sender_notification_permission', key: 'room' }), false)
  assert.equal(matches({ kind: 'sender_notification_permission' }, {}, { mayNotify }), false)
})

test('unknown kinds and parameters of the wrong type match nothing', () => {
  const nonsense: Condition[] = [
    { kind: 'org.example.moon_phase' },
    { kind: 'toString' },
    { kind: 'event_match', key: 'type' },
    { kind: 'event_match', key: ['type'], pattern: '*' },
    { kind: 'event_match', pattern: '*' },
    { kind: 'event_property_is', value: 'm.room.message' },
    { kind: 'event_property_contains', key: 7, value: 'x' },
  ]
  for (const condition of nonsense) assert.equal(matches(condition), false, JSON.stringify(condition))
})
