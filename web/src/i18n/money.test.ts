import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatChange, formatMoney, parseMoney, shareOut } from './money.ts'

test('amounts are written as people of the language write them', () => {
  assert.equal(formatMoney('4500', 'KRW', 'ko'), '₩4,500')
  assert.equal(formatMoney('-1205', 'USD', 'en'), '-$12.05')
  assert.equal(formatChange('5', 'USD', 'en'), '+$0.05')
  assert.equal(formatChange('-100', 'KRW', 'en'), '-₩100')
  assert.equal(formatMoney('900719925474099312345', 'KRW', 'en'), '₩900,719,925,474,099,312,345')
})

test('what is typed is read as it was meant, or not at all', () => {
  assert.equal(parseMoney('4,500', 'KRW'), '4500')
  assert.equal(parseMoney(' 12.3 ', 'USD'), '1230')
  assert.equal(parseMoney('0012', 'KRW'), '12')
  for (const typed of ['', '0', '0.00', '-5', '1e3', '12.345', '5 won'])
    assert.equal(parseMoney(typed, 'USD'), undefined, typed)
  assert.equal(parseMoney('1.5', 'KRW'), undefined)
})

test('shares add up to the sum, and nobody pays more than one unit more than another', () => {
  assert.deepEqual(shareOut('10000', 3), ['3334', '3333', '3333'])
  assert.deepEqual(shareOut('2', 3), ['1', '1', '0'])
})
