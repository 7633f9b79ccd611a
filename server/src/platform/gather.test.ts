import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gather } from './gather.ts'

function fixture() {
  const asked: string[][] = []
  const get = gather(async (keys) => {
    asked.push(keys)
    if (keys.includes('broken')) throw new Error('broken')
    return new Map(keys.filter((key) => key !== 'absent').map((key) => [key, key.toUpperCase()]))
  })
  return { asked, get }
}

test('what is asked for in one turn is one lookup, and each asker gets its own', async () => {
  const { asked, get } = fixture()
  const later = Promise.resolve().then(() => get('b'))
  assert.deepEqual(await Promise.all([get('a'), later, get('a'), get('absent')]), ['A', 'B', 'A', undefined])
  assert.deepEqual(
    asked.map((keys) => keys.toSorted()),
    [['a', 'absent', 'b']],
  )
})

test('the next turn looks again', async () => {
  const { asked, get } = fixture()
  await get('a')
  await get('a')
  assert.deepEqual(asked, [['a'], ['a']])
})

test('a lookup that fails, fails for those who asked, and for nobody after them', async () => {
  const { get } = fixture()
  const results = await Promise.allSettled([get('a'), get('broken')])
  assert.deepEqual(
    results.map(({ status }) => status),
    ['rejected', 'rejected'],
  )
  assert.equal(await get('a'), 'A')
})
