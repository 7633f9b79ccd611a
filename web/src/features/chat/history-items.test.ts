import assert from 'node:assert/strict'
import { test } from 'node:test'
import { arrangeHistory, type Said } from './history-items.ts'

const noon = new Date(2026, 2, 14, 12).getTime()
const minute = 60_000

function said(key: string, sender: string, at: number, kind: Said['kind'] = 'message'): Said {
  return { key, sender, at, kind }
}

function shape(things: Said[], firstNew?: string): string[] {
  return arrangeHistory(things, firstNew).map((item) =>
    item.kind === 'message'
      ? `${item.key}${item.first ? ' first' : ''}${item.last ? ' last' : ''}`
      : item.kind === 'notice'
        ? `notice ${item.key}`
        : item.kind,
  )
}

test('messages of one person shortly after one another stand together', () => {
  const things = [said('1', 'a', noon), said('2', 'a', noon + minute), said('3', 'b', noon + 2 * minute)]
  assert.deepEqual(shape(things), ['day', '1 first', '2 last', '3 first last'])
})

test('a long pause, a notice and the line of new messages part them', () => {
  const things = [
    said('1', 'a', noon),
    said('2', 'a', noon + 6 * minute),
    said('n', 'a', noon + 6 * minute, 'notice'),
    said('3', 'a', noon + 7 * minute),
    said('4', 'a', noon + 7 * minute),
  ]
  assert.deepEqual(shape(things, '4'), [
    'day',
    '1 first last',
    '2 first last',
    'notice n',
    '3 first last',
    'new',
    '4 first last',
  ])
})

test('each day begins with its date', () => {
  const things = [said('1', 'a', noon), said('2', 'a', noon + 24 * 60 * minute)]
  assert.deepEqual(shape(things), ['day', '1 first last', 'day', '2 first last'])
})
