import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLoadingCache } from './loading-cache.ts'

function fixture(weightMax = 1000) {
  const asked: string[] = []
  const waiting = new Map<string, (value: number | undefined) => void>()
  const cache = createLoadingCache<number>({
    load(key) {
      asked.push(key)
      return new Promise((resolve) => waiting.set(key, resolve))
    },
    weigh: (value) => value,
    weightMax,
  })
  return { cache, asked, answer: (key: string, value: number | undefined) => waiting.get(key)?.(value) }
}

test('askers at the same time share one load', async () => {
  const { cache, asked, answer } = fixture()
  const askers = [cache.get('a'), cache.get('a')]
  answer('a', 1)
  assert.deepEqual(await Promise.all(askers), [1, 1])
  assert.equal(await cache.get('a'), 1)
  assert.deepEqual(asked, ['a'])
})

test('a change during a load is not lost', async () => {
  const { cache, answer } = fixture()
  const asker = cache.get('a')
  cache.change('a', (value) => value + 10)
  cache.put('a', 99, (value) => value + 100)
  answer('a', 1)
  assert.equal(await asker, 111)
  assert.equal(cache.peek('a'), 111)
})

test('what does not exist is asked for again', async () => {
  const { cache, asked, answer } = fixture()
  const asker = cache.get('a')
  answer('a', undefined)
  assert.equal(await asker, undefined)
  const again = cache.get('a')
  answer('a', 2)
  assert.equal(await again, 2)
  assert.equal(asked.length, 2)
})

test('a failed load fails its askers and is tried again by the next', async () => {
  let fails = true
  const cache = createLoadingCache<number>({
    load: async () => (fails ? Promise.reject(new Error('no')) : 5),
    weigh: () => 1,
    weightMax: 10,
  })
  await assert.rejects(cache.get('a'), /no/)
  fails = false
  assert.equal(await cache.get('a'), 5)
})

test('the least recently used go first when all weigh too much', () => {
  const { cache } = fixture(10)
  const keep = (value: number) => value
  cache.put('a', 4, keep)
  cache.put('b', 4, keep)
  cache.peek('a')
  cache.put('c', 4, keep)
  assert.deepEqual(
    ['a', 'b', 'c'].map((key) => cache.peek(key)),
    [4, undefined, 4],
  )
  cache.put('d', 50, keep)
  assert.deepEqual(
    ['a', 'c', 'd'].map((key) => cache.peek(key)),
    [undefined, undefined, 50],
  )
})
