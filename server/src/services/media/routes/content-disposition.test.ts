import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { contentDisposition } from './content-disposition.ts'

test('only types that browsers show without running anything are inline', () => {
  for (const type of ['image/png', 'IMAGE/PNG', 'text/plain; charset=utf-8', 'video/mp4', 'application/json'])
    assert.equal(contentDisposition(type, undefined), 'inline', type)
  for (const type of [
    'text/html',
    'image/svg+xml',
    'application/pdf',
    'text/javascript',
    'application/xhtml+xml',
    '',
  ])
    assert.equal(contentDisposition(type, undefined), 'attachment', type)
})

test('a simple file name is given as it is', () => {
  assert.equal(contentDisposition('image/png', 'My cat (1).png'), 'inline; filename="My cat (1).png"')
})

test('any other file name is given twice: readable by old clients, and exactly', () => {
  assert.equal(
    contentDisposition('application/pdf', '고양이 100%.pdf'),
    `attachment; filename="___ 100_.pdf"; filename*=UTF-8''%EA%B3%A0%EC%96%91%EC%9D%B4%20100%25.pdf`,
  )
  assert.equal(
    contentDisposition('text/plain', `a"b\\c'.txt`),
    `inline; filename="a_b_c'.txt"; filename*=UTF-8''a%22b%5Cc%27.txt`,
  )
})

test('whatever the name, the header is one line of printable ASCII from which the exact name can be read', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (name) => {
      const header = contentDisposition('text/plain', name)
      assert.match(header, /^[ -~]*$/)
      const extended = /^inline; filename="[^"\\]*"; filename\*=UTF-8''([A-Za-z0-9!#$&+.^_`|~%-]*)$/.exec(
        header,
      )?.[1]
      const read =
        extended === undefined
          ? /^inline; filename="([^"\\%]*)"$/.exec(header)?.[1]
          : decodeURIComponent(extended)
      assert.equal(read, name.toWellFormed())
    }),
  )
})
