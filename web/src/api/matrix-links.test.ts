import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseMatrixLink } from './matrix-links.ts'

const origin = 'https://dure.example'

test('links to people and chats are known in both forms', () => {
  const read = (address: string) => parseMatrixLink(address, origin)
  assert.deepEqual(read('https://matrix.to/#/%40jun%3Adure.test'), {
    kind: 'person',
    userId: '@jun:dure.test',
  })
  assert.deepEqual(read('https://matrix.to/#/#hike:dure.test?via=dure.test'), {
    kind: 'chat',
    open: '#hike:dure.test',
  })
  assert.deepEqual(read('https://matrix.to/#/!a:dure.test/%24e?via=b'), {
    kind: 'chat',
    open: '!a:dure.test',
    event: '$e',
  })
  assert.deepEqual(read('https://dure.example/app/chats/%21a%3Adure.test?event=%24e'), {
    kind: 'chat',
    open: '!a:dure.test',
    event: '$e',
  })
})

test('other addresses are no links of Matrix', () => {
  for (const address of [
    'https://matrix.to/',
    'https://matrix.to/#/%E0%A4%A',
    'https://other.example/app/chats/%21a',
    'https://dure.example/app/people',
    'matrix.to',
  ])
    assert.equal(parseMatrixLink(address, origin), undefined, address)
})
