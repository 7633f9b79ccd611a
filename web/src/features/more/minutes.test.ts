import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatMinutes, nextMorning, parseMinutes } from './minutes.ts'

test('a time of the day is the same after it was written and read', () => {
  for (const minutes of [0, 5, 425, 1320, 1439]) assert.equal(parseMinutes(formatMinutes(minutes)), minutes)
  assert.equal(formatMinutes(425), '07:05')
  assert.equal(parseMinutes(''), undefined)
})

test('the next morning is today before eight, and tomorrow from then on', () => {
  const at = (day: number, hour: number) => new Date(2026, 4, day, hour).getTime()
  assert.equal(nextMorning(at(3, 7)), at(3, 8))
  assert.equal(nextMorning(at(3, 8)), at(4, 8))
  assert.equal(nextMorning(at(31, 23)), new Date(2026, 5, 1, 8).getTime())
})
