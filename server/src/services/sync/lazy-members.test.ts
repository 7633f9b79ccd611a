import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLazyMembers } from './lazy-members.ts'
import { memberEvent } from './testing/events.ts'

const ann = memberEvent(5, '@ann:x', 'join')

test('a member counts as received once the session comes back with a token that covers its answer', () => {
  const members = createLazyMembers(10)
  members.sent('s', ann, 100)
  assert.equal(members.has('s', ann, 100), true)
  assert.equal(members.has('s', ann, 140), true)
})

test('an answer that was lost has given nothing', () => {
  const members = createLazyMembers(10)
  members.sent('s', ann, 100)
  assert.equal(members.has('s', ann, 90), false)
  assert.equal(members.has('s', ann, undefined), false)
})

test('sending a member once more takes nothing back from those who have it', () => {
  const members = createLazyMembers(10)
  members.sent('s', ann, 100)
  members.sent('s', ann, 120)
  assert.equal(members.has('s', ann, 110), true)
})

test('a changed membership, another session and another room are not known', () => {
  const members = createLazyMembers(10)
  members.sent('s', ann, 100)
  assert.equal(members.has('s', memberEvent(6, '@ann:x', 'join'), 100), false)
  assert.equal(members.has('other', ann, 100), false)
  assert.equal(members.has('s', { ...ann, roomId: '!other' }, 100), false)
})

test('what is forgotten is sent again', () => {
  const members = createLazyMembers(2)
  for (const userId of ['@a:x', '@b:x', '@c:x']) members.sent('s', memberEvent(5, userId, 'join'), 100)
  assert.equal(members.has('s', memberEvent(5, '@a:x', 'join'), 100), false)
  assert.equal(members.has('s', memberEvent(5, '@c:x', 'join'), 100), true)
})
