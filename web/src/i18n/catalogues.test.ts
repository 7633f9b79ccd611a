import assert from 'node:assert/strict'
import { test } from 'node:test'
import { en } from './en.ts'
import { id } from './id.ts'
import { ko } from './ko.ts'
import { formatMessage, type Messages, placeholdersOf } from './messages.ts'
import { preferredLanguage } from './text.ts'
import { vi } from './vi.ts'

const translations: Readonly<Record<string, Messages>> = { id, ko, vi }

for (const [language, messages] of Object.entries(translations)) {
  test(`${language} says everything that English says, and nothing else`, () => {
    assert.deepEqual(Object.keys(messages).sort(), Object.keys(en).sort())
  })

  test(`${language} has the placeholders of English in every message`, () => {
    for (const [key, original] of Object.entries<Messages[string]>(en)) {
      const translated = messages[key]
      assert.ok(translated !== undefined, key)
      assert.deepEqual(placeholdersOf(translated), placeholdersOf(original), key)
    }
  })
}

test('a number chooses the form of its message', () => {
  const message = { one: '{count} message', other: '{count} messages' }
  assert.equal(formatMessage(message, 'en', { count: 1 }), '1 message')
  assert.equal(formatMessage(message, 'en', { count: 1200 }), '1,200 messages')
  assert.equal(formatMessage({ other: '메시지 {count}개' }, 'ko', { count: 1 }), '메시지 1개')
})

test('the chosen language wins over those of the browser, and English stands in for unknown ones', () => {
  assert.equal(preferredLanguage('vi', ['ko-KR']), 'vi')
  assert.equal(preferredLanguage(null, ['fr-FR', 'id-ID', 'ko']), 'id')
  assert.equal(preferredLanguage(null, ['fr']), 'en')
})
