import assert from 'node:assert/strict'
import { test } from 'node:test'
import { grantableRoles, levelOf, roleAt } from './roles.ts'

test('every level has a role, and every role that can be given comes back from its level', () => {
  for (const role of grantableRoles) assert.equal(roleAt(levelOf[role]), role)
  assert.equal(roleAt(Number.POSITIVE_INFINITY), 'owner')
  assert.equal(roleAt(75), 'moderator')
  assert.equal(roleAt(-1), 'member')
})
