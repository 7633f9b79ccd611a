import assert from 'node:assert/strict'
import { test } from 'node:test'
import { unreadCounts } from './read-counts.ts'

const by = (...senders: string[]) => senders.map((sender) => ({ sender }))

test('a message that nobody has seen counts everybody else', () => {
  assert.deepEqual(unreadCounts(by('me', 'me'), new Map(), 3, 'me'), [3, 3])
})

test('who has read a message has read everything before it', () => {
  const readUpTo = new Map([
    ['a', 1],
    ['b', 0],
  ])
  assert.deepEqual(unreadCounts(by('me', 'me', 'me'), readUpTo, 3, 'me'), [1, 2, 3])
})

test('who writes has read what stands before, whatever their receipt says', () => {
  assert.deepEqual(unreadCounts(by('me', 'a', 'me'), new Map([['a', -1]]), 2, 'me'), [1, 1, 2])
})

test('a count is never negative, when somebody has read and left', () => {
  const readUpTo = new Map([
    ['a', 0],
    ['gone', 0],
  ])
  assert.deepEqual(unreadCounts(by('me'), readUpTo, 1, 'me'), [0])
})
