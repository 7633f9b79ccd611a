import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mentionTerm } from './mention-term.ts'

test('an @ at the end of a text begins a mention, and an e-mail address does not', () => {
  assert.equal(mentionTerm('@'), '')
  assert.equal(mentionTerm('hello @ju'), 'ju')
  assert.equal(mentionTerm('hello\n@한'), '한')
  assert.equal(mentionTerm('a@b'), undefined)
  assert.equal(mentionTerm('@jun hello'), undefined)
})
