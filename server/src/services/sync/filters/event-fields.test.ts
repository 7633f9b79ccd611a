import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onlyFields, parseFieldPath } from './event-fields.ts'

const only = (event: Parameters<typeof onlyFields>[0], ...fields: string[]) =>
  onlyFields(event, fields.map(parseFieldPath))

test('a backslash makes a dot or a backslash part of a name, and nothing else', () => {
  assert.deepEqual(parseFieldPath('content.m\\.relates_to.a\\\\b.c\\d'), [
    'content',
    'm.relates_to',
    'a\\b',
    'c\\d',
  ])
})

test('only the chosen fields remain, and absent ones stay absent', () => {
  const event = {
    type: 'm.room.message',
    sender: '@a:x',
    content: { body: 'hi', 'm.relates_to': { rel_type: 'x', key: 1 } },
  }
  assert.deepEqual(only(event, 'type', 'content.body', 'content.none', 'unsigned.age'), {
    type: 'm.room.message',
    content: { body: 'hi' },
  })
  assert.deepEqual(only(event, 'content.m\\.relates_to.key'), { content: { 'm.relates_to': { key: 1 } } })
})

test('a longer path does not cut down what a shorter one chose, in either order', () => {
  const event = { content: { body: 'hi', format: 'x' } }
  assert.deepEqual(only(event, 'content', 'content.body'), event)
  assert.deepEqual(only(event, 'content.body', 'content'), event)
  assert.deepEqual(event, { content: { body: 'hi', format: 'x' } })
})

test('a field called __proto__ is data like any other', () => {
  const event = JSON.parse('{"content":{"__proto__":{"a":1}}}')
  assert.deepEqual(JSON.stringify(only(event, 'content.__proto__.a')), '{"content":{"__proto__":{"a":1}}}')
  assert.deepEqual(JSON.stringify(only(event, 'toString', 'content.constructor')), '{}')
})
