import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Membership } from '../../rooms/api.ts'
import { memberEvent } from '../testing/events.ts'
import { passageOf } from './passage.ts'

/** The passage through memberships at positions 11, 12, 13 ... */
function passage(before: Membership | undefined, ...memberships: Membership[]) {
  const result = passageOf(
    before,
    memberships.map((membership, index) => memberEvent(11 + index, '@ann:x', membership)),
  )
  if (result.section === 'leave') return { ...result, after: result.after.map(({ position }) => position) }
  return result.section === 'join' ? result : { section: result.section, at: result.event.position }
}

test('a new profile is not a new room', () => {
  assert.deepEqual(passage('join', 'join', 'join'), { section: 'join', fresh: false })
})

test('joining makes a room fresh, from whatever came before', () => {
  for (const before of [undefined, 'invite', 'knock', 'leave', 'ban'] as const)
    assert.deepEqual(passage(before, 'join'), { section: 'join', fresh: true })
  assert.deepEqual(passage(undefined, 'invite', 'join'), { section: 'join', fresh: true })
})

test('leaving and joining again makes a room fresh', () => {
  assert.deepEqual(passage('join', 'leave', 'join'), { section: 'join', fresh: true })
  assert.deepEqual(passage('join', 'join', 'ban', 'leave', 'invite', 'join', 'join'), {
    section: 'join',
    fresh: true,
  })
})

test('a stay ends with the event that ended it', () => {
  assert.deepEqual(passage('join', 'leave'), { section: 'leave', stay: { end: 11, fresh: false }, after: [] })
  assert.deepEqual(passage('join', 'join', 'ban'), {
    section: 'leave',
    stay: { end: 12, fresh: false },
    after: [],
  })
  assert.deepEqual(passage('leave', 'join', 'leave'), {
    section: 'leave',
    stay: { end: 12, fresh: true },
    after: [],
  })
  assert.deepEqual(passage('join', 'leave', 'join', 'leave'), {
    section: 'leave',
    stay: { end: 13, fresh: true },
    after: [],
  })
})

test('what happens to a membership after the stay is shown, and nothing else', () => {
  assert.deepEqual(passage('join', 'leave', 'ban', 'leave'), {
    section: 'leave',
    stay: { end: 11, fresh: false },
    after: [12, 13],
  })
})

test('without a stay only the end of the membership is shown', () => {
  assert.deepEqual(passage('invite', 'leave'), { section: 'leave', stay: undefined, after: [11] })
  assert.deepEqual(passage(undefined, 'invite', 'leave'), { section: 'leave', stay: undefined, after: [12] })
  assert.deepEqual(passage('knock', 'leave', 'ban'), { section: 'leave', stay: undefined, after: [11, 12] })
  assert.deepEqual(passage(undefined, 'ban'), { section: 'leave', stay: undefined, after: [11] })
})

test('an invite or a knock after leaving is what counts', () => {
  assert.deepEqual(passage('join', 'leave', 'invite'), { section: 'invite', at: 12 })
  assert.deepEqual(passage('leave', 'knock'), { section: 'knock', at: 11 })
})

test('of every way the last membership names the section, and a stay lies within the way', () => {
  const membership = fc.constantFrom<Membership>('invite', 'join', 'knock', 'leave', 'ban')
  const before = fc.option(membership, { nil: undefined })
  fc.assert(
    fc.property(before, fc.array(membership, { minLength: 1, maxLength: 8 }), (from, way) => {
      const found = passage(from, ...way)
      const last = way.at(-1)
      assert.equal(found.section, last === 'ban' ? 'leave' : last)
      if (found.section !== 'leave') return
      const wasIn = from === 'join' || way.includes('join')
      assert.equal(found.stay !== undefined, wasIn)
      if (found.stay) assert.ok([undefined, ...way][found.stay.end - 11] !== 'leave' || from === 'join')
    }),
  )
})
