import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import { test } from 'node:test'
import { Registry } from 'prom-client'
import { type BatcherOptions, createBatcher } from './batch.ts'
import { Outage } from './refusal.ts'

function batcher(
  run: BatcherOptions<number, number>['run'],
  options: Partial<BatcherOptions<number, number>> = {},
) {
  return createBatcher(
    { metrics: new Registry() },
    { name: 'test', sizeMax: 4, waitingMax: 100, run, ...options },
  )
}
const double = (n: number) => ({ value: n * 2 })

test('requests that arrive while a batch is written form the next one, in order', async () => {
  const batches: number[][] = []
  const { submit } = batcher(async (requests) => {
    batches.push([...requests])
    await Promise.resolve()
    return requests.map(double)
  })
  const answers = await Promise.all([1, 2, 3, 4, 5, 6].map(submit))
  assert.deepEqual(answers, [2, 4, 6, 8, 10, 12])
  assert.deepEqual(batches, [
    [1, 2, 3, 4],
    [5, 6],
  ])
})

test('a refused request fails alone', async () => {
  const { submit } = batcher(async (requests) =>
    requests.map((n) => (n === 2 ? { error: new Error('no') } : double(n))),
  )
  const answers = await Promise.allSettled([1, 2, 3].map(submit))
  assert.deepEqual(
    answers.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  )
})

test('a request that cannot be written does not take its neighbours with it', async () => {
  const { submit } = batcher(async (requests) => {
    if (requests.includes(2)) throw new Error('invalid byte sequence')
    return requests.map(double)
  })
  const answers = await Promise.allSettled([1, 2, 3].map(submit))
  assert.deepEqual(
    answers.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  )
})

test('an outage fails the whole batch, and the next one is tried', async () => {
  let down = true
  const { submit } = batcher(async (requests) => {
    if (down) throw new Outage('gone')
    return requests.map(double)
  })
  await assert.rejects(Promise.all([1, 2].map(submit)), Outage)
  down = false
  assert.equal(await submit(3), 6)
})

test('more waiting requests than allowed are turned away, not kept in memory', async () => {
  const gate = Promise.withResolvers<void>()
  const { submit, idle } = batcher(
    async (requests) => {
      await gate.promise
      return requests.map(double)
    },
    { waitingMax: 2 },
  )
  const first = submit(1)
  const second = submit(2)
  await assert.rejects(submit(3), Outage)
  gate.resolve()
  assert.deepEqual(await Promise.all([first, second]), [2, 4])
  await idle()
})

test('a batch knows nothing of what its first submitter was in the middle of', async () => {
  const context = new AsyncLocalStorage<string>()
  const seen: (string | undefined)[] = []
  const { submit } = batcher(async (requests) => {
    seen.push(context.getStore())
    return requests.map(double)
  })
  await Promise.all([context.run('the first', () => submit(1)), submit(2)])
  assert.deepEqual(seen, [undefined])
})
