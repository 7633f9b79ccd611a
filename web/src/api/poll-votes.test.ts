import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tallyVotes } from './poll-votes.ts'

test('the last response of each person counts, whatever the order in which they came', () => {
  const { votes, byPerson } = tallyVotes(
    [
      { sender: 'a', at: 3, answers: ['x'] },
      { sender: 'a', at: 1, answers: ['y'] },
      { sender: 'b', at: 2, answers: ['y'] },
    ],
    ['x', 'y'],
    1,
  )
  assert.deepEqual(Object.fromEntries(votes), { x: 1, y: 1 })
  assert.equal(byPerson.size, 2)
})

test('more answers than may be chosen are cut off, and an unknown one spoils the vote', () => {
  const { votes, byPerson } = tallyVotes(
    [
      { sender: 'a', at: 1, answers: ['x', 'y'] },
      { sender: 'b', at: 1, answers: ['z'] },
      { sender: 'c', at: 1, answers: [] },
    ],
    ['x', 'y'],
    1,
  )
  assert.deepEqual(Object.fromEntries(votes), { x: 1 })
  assert.deepEqual([...byPerson.keys()], ['a'])
})
