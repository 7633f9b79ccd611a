import assert from 'node:assert/strict'
import { test } from 'node:test'
import { avatarHue, avatarLetter } from './avatar-look.ts'

test('the letter is the first character as a reader sees it', () => {
  assert.equal(avatarLetter('mina'), 'M')
  assert.equal(avatarLetter('@jun:dure.test'), 'J')
  assert.equal(avatarLetter('한가람'), '한')
  assert.equal(avatarLetter('👩‍🚀 crew'), '👩‍🚀')
  assert.equal(avatarLetter('  '), '')
})

test('an id always has the same colour, and ids spread over all of them', () => {
  assert.equal(avatarHue('@a:b'), avatarHue('@a:b'))
  const seen = new Set(Array.from({ length: 200 }, (_, i) => avatarHue(`@person-${i}:dure.test`)))
  assert.deepEqual([...seen].sort(), [0, 1, 2, 3, 4, 5, 6, 7])
})
