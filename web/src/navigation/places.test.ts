import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatPlace, type Place, parsePlace } from './places.ts'

test('a place is found again by its address', () => {
  const places: Place[] = [
    { section: 'people' },
    { section: 'chats', open: '!a/b:dure.test' },
    { section: 'chats', open: '!room:dure.test', event: '$id+/=' },
    { section: 'more', open: 'settings', detail: 'sessions' },
  ]
  for (const place of places) {
    const { pathname, search } = new URL(formatPlace(place), 'http://dure.test')
    assert.deepEqual(parsePlace(pathname, search), place)
  }
})

test('an address that means nothing leads to the chats', () => {
  for (const path of ['/', '/app', '/app/', '/app/bank', '/elsewhere/people'])
    assert.deepEqual(parsePlace(path, ''), { section: 'chats' }, path)
  assert.deepEqual(parsePlace('/app/chats/%E0%A4%A', ''), { section: 'chats' })
})
