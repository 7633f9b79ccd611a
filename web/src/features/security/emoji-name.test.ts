import assert from 'node:assert/strict'
import { test } from 'node:test'
import { en } from '../../i18n/en.ts'
import { id } from '../../i18n/id.ts'
import { ko } from '../../i18n/ko.ts'
import { vi } from '../../i18n/vi.ts'
import { emojiName } from './emoji-name.ts'

test('every language names all 64 emoji that devices compare, each by a name of its own', () => {
  for (const messages of [en, id, ko, vi]) {
    const names = String(messages['security.emoji']).split(', ')
    assert.equal(names.length, 64)
    assert.equal(new Set(names).size, 64)
  }
})

test('an emoji has its name in the language of the person, and its English one when it is unknown', () => {
  const text = (key: keyof typeof ko) => String(ko[key])
  assert.equal(emojiName('Dog', text), '개')
  assert.equal(emojiName('pin', text), '압정')
  assert.equal(emojiName('Dinosaur', text), 'Dinosaur')
})
