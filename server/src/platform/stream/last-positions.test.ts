import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createLastPositions } from './last-positions.ts'

test('a key that was never seen may have rows up to where this node began to read', () => {
  const positions = createLastPositions(() => 40, 10)
  assert.equal(positions.latest('a'), 40)
  positions.take(45, [['b', 46]])
  assert.equal(positions.latest('a'), 40)
  assert.equal(positions.latest('b'), 46)
  assert.equal(positions.newest(), 46)
})

test('the first read tells where this node began when nobody has asked before', () => {
  const positions = createLastPositions(() => 90, 10)
  positions.take(45, [['b', 50]])
  assert.equal(positions.latest('a'), 45)
})

test('rows that are given again change nothing', () => {
  const positions = createLastPositions(() => 0, 10)
  positions.take(0, [
    ['a', 5],
    ['b', 3],
  ])
  positions.take(0, [['a', 2]])
  assert.equal(positions.latest('a'), 5)
})

test('what it answers is never below the truth, however little it may remember', () => {
  const batch = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { maxLength: 6 })
  fc.assert(
    fc.property(fc.array(batch, { maxLength: 20 }), fc.integer({ min: 1, max: 4 }), (batches, keysMax) => {
      const positions = createLastPositions(() => 0, keysMax)
      const truth = new Map<string, number>()
      let head = 0
      for (const keys of batches) {
        const after = head
        const rows = keys.map((key) => [key, ++head] as const)
        for (const [key, at] of rows) truth.set(key, at)
        positions.take(after, rows.toReversed())
        for (const [key, at] of truth) assert.ok(positions.latest(key) >= at)
        assert.ok(positions.latest('never') <= head)
        assert.equal(positions.newest(), head)
      }
    }),
  )
})
