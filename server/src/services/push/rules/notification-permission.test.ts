import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mayNotify, type PowerLevelsContent } from './notification-permission.ts'
import { ALICE, BOB } from './testing.ts'

const NOBODY: ReadonlySet<string> = new Set()
const may = (content: PowerLevelsContent | undefined, creators = NOBODY) =>
  mayNotify(content, creators, BOB, 'room')

test('fifty is required unless the room says otherwise', () => {
  assert.equal(may({ users: { [BOB]: 50 } }), true)
  assert.equal(may({ users: { [BOB]: 49 } }), false)
  assert.equal(may({ users: { [BOB]: 49 }, notifications: { room: 49 } }), true)
  assert.equal(may({ users: { [BOB]: 50 }, notifications: { room: 51 } }), false)
  assert.equal(may({ notifications: { room: 0 } }), true)
})

test('a user without a level of their own has that of all users', () => {
  assert.equal(may({ users_default: 50, users: { [ALICE]: 0 } }), true)
  assert.equal(may({ users: { [ALICE]: 100 } }), false)
})

test('creators may always, and alone where there are no levels yet', () => {
  assert.equal(may({ notifications: { room: 1000 } }, new Set([BOB])), true)
  assert.equal(may(undefined, new Set([BOB])), true)
  assert.equal(may(undefined, new Set([ALICE])), false)
})

test('levels written as strings count and nonsense does not', () => {
  assert.equal(may({ users: { [BOB]: '50' } }), true)
  assert.equal(may({ users: { [BOB]: 'admin' } }), false)
  assert.equal(may({ users: [], notifications: null, users_default: 'x' }), false)
})
