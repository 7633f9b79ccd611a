import assert from 'node:assert/strict'
import { test } from 'node:test'
import { matchesAny, requestedRange } from './byte-ranges.ts'

test('one range is understood in its three forms', () => {
  assert.deepEqual(requestedRange('bytes=0-0', 10), { start: 0, end: 1 })
  assert.deepEqual(requestedRange('bytes=2-5', 10), { start: 2, end: 6 })
  assert.deepEqual(requestedRange('bytes=2-', 10), { start: 2, end: 10 })
  assert.deepEqual(requestedRange('bytes=2-500', 10), { start: 2, end: 10 })
  assert.deepEqual(requestedRange('bytes=-3', 10), { start: 7, end: 10 })
  assert.deepEqual(requestedRange('bytes=-30', 10), { start: 0, end: 10 })
})

test('a range with nothing in it cannot be satisfied', () => {
  for (const header of ['bytes=10-', 'bytes=10-12', 'bytes=-0'])
    assert.equal(requestedRange(header, 10), 'unsatisfiable')
  for (const header of ['bytes=0-', 'bytes=0-0', 'bytes=-1'])
    assert.equal(requestedRange(header, 0), 'unsatisfiable')
})

test('what is no single range of bytes is answered with everything', () => {
  for (const header of [
    undefined,
    '',
    'bytes=',
    'bytes=-',
    'bytes=5-2',
    'bytes=0-1,4-5',
    'lines=1-2',
    'bytes=a-b',
  ])
    assert.equal(requestedRange(header, 10), 'all')
})

test('entity tags are compared one by one, and weakly', () => {
  assert.ok(matchesAny('"b"', '"b"'))
  assert.ok(matchesAny('"a", W/"b"', '"b"'))
  assert.ok(matchesAny('*', '"b"'))
  assert.ok(!matchesAny(undefined, '"b"'))
  assert.ok(!matchesAny('"bb"', '"b"'))
})
