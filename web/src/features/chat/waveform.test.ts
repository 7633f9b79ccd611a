import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatSeconds, resample, waveformOf } from './waveform.ts'

test('however long a sound is, it has as many bars as are drawn', () => {
  assert.equal(resample([1]).length, 32)
  assert.equal(resample(new Array(1000).fill(0.5)).length, 32)
  assert.equal(Math.max(...resample([...new Array(999).fill(0), 1])), 1)
})

test('a message that tells no shape, or nonsense, has a flat line', () => {
  for (const waveform of [undefined, [], 'x', ['y']])
    assert.equal(new Set(waveformOf({ 'org.matrix.msc1767.audio': { waveform } })).size, 1)
})

test('seconds are shown as minutes and seconds', () => {
  assert.equal(formatSeconds(0), '0:00')
  assert.equal(formatSeconds(61.4), '1:01')
})
