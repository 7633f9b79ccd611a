import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Move } from '../../../platform/stream/stream.ts'
import { createChanges } from './changes.ts'

const move = (upTo: number, concerned: Move['concerned'], topic = 'receipts'): Move => ({
  topic,
  after: upTo - 1,
  upTo,
  concerned,
})

test('what moved is remembered per room and per person', () => {
  const changes = createChanges(() => 10)
  changes.takeMoves([move(12, { roomIds: ['!a'], users: ['@ann'] })])
  assert.deepEqual([changes.room('receipts', '!a', 11), changes.room('receipts', '!a', 12)], [true, false])
  assert.deepEqual(
    [changes.person('receipts', '@ann', 11), changes.person('receipts', '@bob', 11)],
    [true, false],
  )
  assert.equal(changes.room('to_device', '!a', 10), false)
})

test('of the time before the node began to listen everything may have moved', () => {
  const changes = createChanges(() => 10)
  assert.ok(
    changes.room('receipts', '!a', 9) && changes.person('push', '@ann', 0) && changes.membership('@ann', 9),
  )
  assert.ok(!changes.room('receipts', '!a', 10))
})

test('a topic that is first asked about late is known from when the node began to listen', () => {
  let position = 10
  const changes = createChanges(() => position)
  assert.ok(!changes.person('push', '@ann', 10))
  position = 20
  assert.ok(!changes.person('keys', '@ann', 10) && !changes.anybodyAround('keys', 10))
  assert.ok(changes.person('keys', '@ann', 9))
})

test('rows that do not say whom they concern may concern everybody', () => {
  const changes = createChanges(() => 10)
  changes.takeMoves([move(11, undefined)])
  assert.ok(changes.room('receipts', '!a', 10) && changes.person('receipts', '@ann', 10))
  assert.ok(changes.anybodyAround('receipts', 10) && !changes.anybodyAround('receipts', 11))
  assert.ok(!changes.person('push', '@ann', 10))
})

test('it errs only towards moved', () => {
  const step = fc.record({ key: fc.constantFrom('!a', '!b', '!c'), known: fc.boolean() })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), fc.nat(30), (steps, after) => {
      const changes = createChanges(() => 5)
      for (const [index, { key, known }] of steps.entries())
        changes.takeMoves([move(6 + index, known ? { roomIds: [key] } : undefined)])
      for (const [index, { key }] of steps.entries())
        if (6 + index > after) assert.ok(changes.room('receipts', key, after))
    }),
  )
})
