import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '../../platform/clock.ts'
import { type Entry, jsonLines, zipOf } from './zip.ts'

async function* numbers(count: number) {
  for (let n = 0; n < count; n++) yield { n, text: 'x'.repeat(100) }
}

/** `closed` counts the entries whose content was left or read to its end. */
async function* entries(closed: { count: number }, count = 3): AsyncGenerator<Entry> {
  async function* content() {
    try {
      yield* jsonLines(numbers(10_000))
    } finally {
      closed.count++
    }
  }
  for (let n = 0; n < count; n++) yield { path: `entry-${n}.jsonl`, content: content() }
}

const never = new AbortController().signal
const zip = (given: AsyncIterable<Entry>, signal = never) => zipOf(given, { clock: systemClock }, signal)

test('an entry that fails fails the reading', async () => {
  async function* broken(): AsyncGenerator<Entry> {
    async function* content() {
      yield 'half of it'
      throw new Error('broken')
    }
    yield { path: 'broken', content: content() }
  }
  const read = async () => {
    for await (const _ of zip(broken()));
  }
  await assert.rejects(read(), /broken/)
})

test('whoever stops reading leaves nothing open', async () => {
  const closed = { count: 0 }
  for await (const _ of zip(entries(closed))) break
  assert.equal(closed.count, 1)

  const gone = new AbortController()
  const read = async () => {
    for await (const _ of zip(entries(closed), gone.signal)) gone.abort()
  }
  await assert.rejects(read(), /nobody reads it/)
  assert.equal(closed.count, 2)
})

test('the entries are asked for one after the other, as the ZIP is read', async () => {
  const closed = { count: 0 }
  let sizeBytes = 0
  for await (const bytes of zip(entries(closed, 5))) sizeBytes += bytes.length
  assert.equal(closed.count, 5)
  // A million characters in each, and all alike.
  assert.ok(sizeBytes > 5000 && sizeBytes < 1_000_000)
})
