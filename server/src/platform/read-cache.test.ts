import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createReadCache } from './read-cache.ts'

function counter() {
  let loads = 0
  return { load: async () => ++loads, loads: () => loads }
}

test('a value is loaded once, and again after its group was dropped', async () => {
  const cache = createReadCache<number>({ max: 10 })
  const { load } = counter()
  assert.equal(await cache.get('alice', 'a', load), 1)
  assert.equal(await cache.get('alice', 'a', load), 1)
  cache.drop('bob')
  assert.equal(await cache.get('alice', 'a', load), 1)
  cache.drop('alice')
  assert.equal(await cache.get('alice', 'a', load), 2)
  cache.clear()
  assert.equal(await cache.get('alice', 'a', load), 3)
})

test('requests at the same time share one load', async () => {
  const cache = createReadCache<number>({ max: 10 })
  const { load, loads } = counter()
  await Promise.all([1, 2, 3].map(() => cache.get('alice', 'a', load)))
  assert.equal(loads(), 1)
})

test('a value whose load began before the drop is not kept', async () => {
  const cache = createReadCache<string>({ max: 10 })
  const slow = Promise.withResolvers<string>()
  const early = cache.get('alice', 'a', () => slow.promise)
  cache.drop('alice')
  assert.equal(await cache.get('alice', 'a', async () => 'new'), 'new')
  slow.resolve('old')
  assert.equal(await early, 'old')
  assert.equal(await cache.get('alice', 'a', async () => 'newer'), 'new')
})

test('failures and absent values are not kept', async () => {
  const cache = createReadCache<string>({ max: 10 })
  await assert.rejects(cache.get('alice', 'a', () => Promise.reject(new Error('down'))))
  assert.equal(await cache.get('alice', 'a', async () => undefined), undefined)
  assert.equal(await cache.get('alice', 'a', async () => 'found'), 'found')
})

test('the least recently used value goes first', async () => {
  const cache = createReadCache<number>({ max: 2 })
  const { load, loads } = counter()
  await cache.get('g', 'a', load)
  await cache.get('g', 'b', load)
  await cache.get('g', 'a', load)
  await cache.get('g', 'c', load)
  assert.equal(await cache.get('g', 'a', load), 1)
  assert.equal(loads(), 3)
  assert.equal(await cache.get('g', 'b', load), 4)
})
