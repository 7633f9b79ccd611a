import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileFilter, problemOf } from './definition.ts'

test('the specification’s example is a filter', () => {
  const definition = {
    room: {
      state: { types: ['m.room.*'], not_rooms: ['!726s6s6q:example.com'] },
      timeline: { limit: 10, types: ['m.room.message'], not_senders: ['@spam:example.com'] },
      ephemeral: { types: ['m.receipt', 'm.typing'], not_rooms: ['!726s6s6q:example.com'] },
    },
    presence: { types: ['m.presence'], not_senders: ['@alice:example.com'] },
    event_format: 'client' as const,
    event_fields: ['type', 'content', 'sender'],
  }
  assert.equal(problemOf(definition), undefined)
  const filter = compileFilter(definition)
  assert.equal(filter.timelineLimit, 10)
  assert.ok(!filter.state.room('!726s6s6q:example.com') && filter.timeline.room('!726s6s6q:example.com'))
})

test('members that the specification does not know are let through', () => {
  assert.equal(problemOf({ 'org.example.own': 1, room: { timeline: { 'org.example.own': [] } } }), undefined)
})

for (const definition of [
  [],
  'x',
  null,
  { presence: 'x' },
  { account_data: [] },
  { room: [] },
  { room: { timeline: 1 } },
  { room: { state: 'x' } },
  { room: { rooms: '!a' } },
  { room: { not_rooms: ['a'] } },
  { room: { include_leave: 'yes' } },
  { room: { timeline: { limit: 0 } } },
  { room: { timeline: { limit: 1.5 } } },
  { room: { timeline: { limit: '5' } } },
  { room: { ephemeral: { types: 'm.*' } } },
  { room: { ephemeral: { types: [1] } } },
  { room: { account_data: { senders: ['ann'] } } },
  { room: { account_data: { not_senders: '@a:x' } } },
  { room: { state: { lazy_load_members: 1 } } },
  { room: { state: { include_redundant_members: 'x' } } },
  { room: { timeline: { unread_thread_notifications: 'x' } } },
  { room: { timeline: { contains_url: null } } },
  { room: { timeline: { rooms: ['#a:x'] } } },
  { event_format: 'xml' },
  { event_fields: 'type' },
  { event_fields: [1] },
]) {
  test(`${JSON.stringify(definition)} is not a filter, and the problem is named`, () => {
    assert.match(problemOf(definition) ?? '', /\w/)
  })
}
