import assert from 'node:assert/strict'
import { test } from 'node:test'
import { peopleItems } from './people-items.ts'

const friends = [
  { userId: '@c:d', name: 'Charlie', favourite: false },
  { userId: '@a:d', name: 'Ann', favourite: false },
  { userId: '@b:d', name: 'Bo', favourite: true },
]
const keys = (shown: Parameters<typeof peopleItems>[0]) => peopleItems(shown).map(({ key }) => key)

test('oneself comes first, then favourites, then the others by name', () => {
  const all = keys({ me: '@me:d', friends, term: '', found: undefined })
  assert.deepEqual(all, ['@me:d', 'favourites', '@b:d', 'friends', '@a:d', '@c:d'])
  assert.deepEqual(keys({ me: '@me:d', friends: [], term: ' ', found: undefined }), ['@me:d'])
})

test('looking for somebody shows friends who fit, then others of the server, nobody twice', () => {
  const found = [{ userId: '@a:d' }, { userId: '@anton:d' }]
  assert.deepEqual(keys({ me: '@me:d', friends, term: 'AN', found }), [
    'friends',
    '@a:d',
    'others',
    '@anton:d',
  ])
  assert.deepEqual(keys({ me: '@me:d', friends, term: 'zz', found: [] }), [])
})
