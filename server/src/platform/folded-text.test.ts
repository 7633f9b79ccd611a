import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fold } from './folded-text.ts'

test('text is folded so that people find it as they type it', () => {
  for (const [text, folded] of [
    ['Xin chào Đức', 'xin chao duc'],
    ['두레 DURE', '두레 dure'],
    ['ＦＵＬＬ width', 'full width'],
    ['Selamat pagi', 'selamat pagi'],
    ['a\0b', 'ab'],
  ])
    assert.equal(fold(text ?? ''), folded)
})
