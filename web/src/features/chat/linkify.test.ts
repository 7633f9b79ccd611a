import assert from 'node:assert/strict'
import { test } from 'node:test'
import { linkify } from './linkify.ts'

const links = (text: string) => linkify(text).flatMap((part) => (part.kind === 'link' ? [part.address] : []))

test('web addresses are found, without what ends the sentence', () => {
  assert.deepEqual(links('See https://dure.test/a. Or (http://dure.test/b)!'), [
    'https://dure.test/a',
    'http://dure.test/b',
  ])
  assert.deepEqual(links('https://dure.test/a_(b)'), ['https://dure.test/a_(b)'])
})

test('nothing else becomes a link', () => {
  assert.deepEqual(links('javascript:alert(1) ftp://x mailto:a@b data:text/html,x'), [])
})

test('the parts make up the whole text', () => {
  const text = 'a https://dure.test/x, b\nhttps://dure.test'
  assert.equal(
    linkify(text)
      .map((part) => part.text)
      .join(''),
    text,
  )
})
